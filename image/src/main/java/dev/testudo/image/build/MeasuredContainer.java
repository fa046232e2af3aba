package dev.testudo.image.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeContents;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.software.CombinedMeasurement;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.measure.ContainerRoot;
import dev.testudo.trust.measure.ImageDescription;
import dev.testudo.trust.measure.MachineMeasurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A confidential image, measured from its layers as the agent measures a container of it.
///
/// @param description the content of its `image.json`
/// @param image the measurement of the image
/// @param machine the measurement of the agent in it
/// @param ignored paths in `/.testudo` that are neither the agent's nor measured
public record MeasuredContainer(
    ImageDescription description, Measurement image, Measurement machine, List<String> ignored) {
  private static final String DESCRIPTION = ContainerRoot.AGENT + "/image.json";
  private static final String LIB = ContainerRoot.AGENT + "/lib";
  private static final String LAUNCHER = ContainerRoot.AGENT + "/testudo";
  private static final List<String> KNOWN = List.of("image.json", "lib", "testudo");
  private static final int AGENT_DEPTH = 2;
  private static final int SHOWN_MISTAKES = 5;

  /// Copies the list.
  public MeasuredContainer {
    ignored = List.copyOf(ignored);
  }

  /// Measures an image.
  ///
  /// @param source has the layers of the image
  /// @param tree the files of the layers of `image`
  /// @throws ImageException if the image is not confidential, its agent could not start, or what
  ///     its agent measures would depend on the user that runs it
  /// @throws IOException if a layer cannot be read
  public static MeasuredContainer of(BlobSource source, ImageParts image, ImageTree tree)
      throws IOException {
    try {
      var description = description(source, image, tree);
      var measured = TreeMeasurement.of(description.name(), tree, description.hostPaths());
      requireRight(description, measured.description());
      var machine = MachineMeasurement.ofHashes(agent(tree));
      return new MeasuredContainer(description, measured.measurement(), machine, ignored(tree));
    } catch (MessageException e) {
      throw new ImageException(
          ImageFault.MALFORMED,
          "%s: the image is not as Testudo makes confidential images: %s"
              .formatted(source.place(), e.getMessage()),
          e);
    }
  }

  /// Returns the measurement that a policy names: that of image and agent combined.
  public Measurement measurement() {
    return CombinedMeasurement.of(image, machine);
  }

  private static ImageDescription description(BlobSource source, ImageParts image, ImageTree tree)
      throws IOException {
    var file = at(tree, DESCRIPTION);
    if (file.isEmpty()) {
      throw new ImageException(
          ImageFault.UNSUPPORTED,
          "%s: the image is not confidential: it has no `%s`; `testudo sconify` makes a confidential image of it"
              .formatted(source.place(), DESCRIPTION));
    }
    if (!(file.get().node() instanceof LayerNode.RegularFile)) {
      throw new MessageException("`%s` is not a regular file".formatted(DESCRIPTION));
    }
    var contents =
        TreeContents.read(
            source, image.manifest().layers(), List.of(file.get()), ImageDescription.MAX_BYTES);
    var bytes = contents.get(file.get());
    if (bytes == null) {
      throw new AssertionError("the tree is made of these layers");
    }
    var description = ImageDescription.parse(bytes);
    if (!description.container()) {
      throw new MessageException("`container` in `image.json` is not true");
    }
    return description;
  }

  /// Finds what is at a path without links in it.
  private static Optional<TreeFile> at(ImageTree tree, String path) {
    return tree.findLink(path).filter(found -> found.path().equals(path)).map(Located::file);
  }

  private static void requireRight(ImageDescription found, ImageDescription right)
      throws MessageException {
    var mistakes = found.restricted().mistakes(right.restricted());
    if (!mistakes.isEmpty()) {
      var more = mistakes.size() - SHOWN_MISTAKES;
      throw new MessageException(
          "`restricted` in `image.json` does not fit the layers: "
              + mistakes.entrySet().stream()
                  .limit(SHOWN_MISTAKES)
                  .map(mistake -> "`%s` %s".formatted(mistake.getKey(), mistake.getValue()))
                  .collect(Collectors.joining(", "))
              + (more > 0 ? ", and %d more".formatted(more) : ""));
    }
  }

  /// Returns the hashes of the agent's files by their path in `/.testudo`.
  private static Map<String, String> agent(ImageTree tree) throws MessageException {
    var hashes = new TreeMap<String, String>();
    for (var located : tree.files()) {
      var path = located.path();
      if (!path.startsWith(LIB + "/") && !path.equals(LAUNCHER)) {
        continue;
      }
      requireMeasurable(path);
      switch (located.file().node()) {
        case LayerNode.RegularFile(_, var sha256) ->
            hashes.put(path.substring(ContainerRoot.AGENT.length() + 1), sha256);
        case LayerNode.Directory() -> {}
        // An agent would follow a link, perhaps to a file that no layer has.
        case LayerNode.SymbolicLink _, LayerNode.Device _, LayerNode.Fifo() ->
            throw new MessageException(
                "`%s` is neither a regular file nor a directory".formatted(path));
        case LayerNode.HardLink _, LayerNode.Whiteout(), LayerNode.OpaqueWhiteout() ->
            throw new AssertionError("a merged tree has no such nodes");
      }
    }
    if (hashes.keySet().stream().noneMatch(path -> path.startsWith("lib/"))) {
      throw new MessageException("there is no agent in `%s`".formatted(LIB));
    }
    return hashes;
  }

  private static void requireMeasurable(String path) throws MessageException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
      throw new MessageException("the name of a file in `%s` is not UTF-8".formatted(LIB));
    }
    var depth = path.chars().filter(c -> c == '/').count() - AGENT_DEPTH;
    if (depth > MachineMeasurement.MAX_DEPTH) {
      throw new MessageException(
          "`%s` has more than %d names below `%s`"
              .formatted(path, MachineMeasurement.MAX_DEPTH, LIB));
    }
  }

  private static List<String> ignored(ImageTree tree) {
    return tree.names(ContainerRoot.AGENT).stream()
        .filter(name -> !KNOWN.contains(name))
        .map(name -> ContainerRoot.AGENT + "/" + name)
        .toList();
  }
}
