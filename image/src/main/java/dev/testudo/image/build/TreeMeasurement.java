package dev.testudo.image.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.measure.ContainerRoot;
import dev.testudo.trust.measure.HashedEntry;
import dev.testudo.trust.measure.ImageDescription;
import dev.testudo.trust.measure.RestrictedEntries;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The measurement of an image from its layers, without unpacking it. An agent that runs in a
/// container of the image measures the same.
///
/// @param description the content of `image.json` for this image
/// @param measurement the measurement of the image
/// @param entries how many files, directories and links were measured
public record TreeMeasurement(ImageDescription description, Measurement measurement, int entries) {
  private static final int PERMISSIONS = 0777;

  /// Measures an image.
  ///
  /// @param name the name of the image, which is measured, too
  /// @param unmeasured paths whose content is not measured: volumes, and files without protection
  /// @throws ImageException if the image has something that cannot be measured
  public static TreeMeasurement of(String name, ImageTree tree, List<Path> unmeasured)
      throws ImageException {
    var entries = entries(tree, unmeasured(name, unmeasured));
    var whole = ImageDescription.ofContainer(name, unmeasured, RestrictedEntries.of(entries));
    return new TreeMeasurement(whole, whole.measure(entries), entries.size());
  }

  /// Returns all paths of an image that are not measured: those of container runtimes, the agent,
  /// and the given ones.
  static List<String> unmeasured(String name, List<Path> given) {
    return ImageDescription.ofContainer(name, given, RestrictedEntries.NONE).unmeasured();
  }

  private static List<HashedEntry> entries(ImageTree tree, List<String> unmeasured)
      throws ImageException {
    var entries = new ArrayList<HashedEntry>();
    for (var located : tree.files()) {
      if (unmeasured.stream().noneMatch(top -> contains(top, located.path()))) {
        entries.add(entry(located));
      }
    }
    if (entries.size() > ContainerRoot.MAX_ENTRIES) {
      throw unsupported(
          "the image has %d files, directories and links; an agent measures at most %d"
              .formatted(entries.size(), ContainerRoot.MAX_ENTRIES));
    }
    return entries;
  }

  private static boolean contains(String top, String path) {
    return path.startsWith(top)
        && (path.length() == top.length() || path.charAt(top.length()) == '/');
  }

  private static HashedEntry entry(Located located) throws ImageException {
    var path = located.path();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
      throw unsupported("the image has a file whose name is not UTF-8: " + shown(path));
    }
    if (Path.of(path).getNameCount() > ContainerRoot.MAX_DEPTH + 1) {
      throw unsupported(
          "%s is in more than %d folders, which an agent does not measure"
              .formatted(path, ContainerRoot.MAX_DEPTH));
    }
    var permissions = located.file().attributes().mode() & PERMISSIONS;
    return switch (located.file().node()) {
      case LayerNode.RegularFile(_, var sha256) -> HashedEntry.file(path, permissions, sha256);
      case LayerNode.Directory() -> HashedEntry.directory(path, permissions);
      case LayerNode.SymbolicLink(var target) -> {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(target)) {
          throw unsupported("the link %s has a target that is not UTF-8".formatted(path));
        }
        yield HashedEntry.link(path, target);
      }
      case LayerNode.Device _, LayerNode.Fifo() ->
          throw unsupported(
              "the image has a device or a named pipe at %s, which cannot be measured; remove it"
                  .formatted(path));
      case LayerNode.HardLink _, LayerNode.Whiteout(), LayerNode.OpaqueWhiteout() ->
          throw new AssertionError("a merged tree has no such nodes");
    };
  }

  private static String shown(String path) {
    return path.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
  }

  private static ImageException unsupported(String message) {
    return new ImageException(ImageFault.UNSUPPORTED, message);
  }
}
