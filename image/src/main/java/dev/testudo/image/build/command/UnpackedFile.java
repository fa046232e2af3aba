package dev.testudo.image.build.command;

import dev.testudo.image.build.sandbox.IdMapping;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.Owner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A file of an image as it is on the disk of a sandbox. Times do not count.
///
/// @param node what it is
/// @param attributes mode, owner and extended attributes
record UnpackedFile(LayerNode node, FileAttributes attributes) {
  private static final IdMapping IDENTITY = new IdMapping(List.of(), List.of());
  private static final String CAPABILITIES = "security.capability";

  /// The size of version 2, hexadecimal digits. Version 3 belongs to another user namespace.
  private static final int CAPABILITY_DIGITS = 40;

  private static final int LINK_MODE = 0777;

  /// Returns a file as it becomes when it is unpacked. Owners that the sandbox does not have become
  /// root, and extended attributes that only the kernel of the machine understands are left out.
  ///
  /// @return empty for devices, which are not unpacked
  static Optional<UnpackedFile> of(TreeFile file, IdMapping ids) {
    if (file.node() instanceof LayerNode.Device) {
      return Optional.empty();
    }
    return Optional.of(normal(file.node(), file.attributes(), ids));
  }

  /// Returns a file that was read from the disk.
  static UnpackedFile read(TreeFile file) {
    return normal(file.node(), file.attributes(), IDENTITY);
  }

  private static UnpackedFile normal(LayerNode node, FileAttributes attributes, IdMapping ids) {
    var owner = attributes.owner();
    var mapped = ids.covers(owner) ? Owner.of(owner.uid(), owner.gid()) : Owner.ROOT;
    var link = node instanceof LayerNode.SymbolicLink;
    return new UnpackedFile(
        node,
        new FileAttributes(
            link ? LINK_MODE : attributes.mode(),
            mapped,
            0,
            link ? Map.of() : xattrs(attributes.xattrs())));
  }

  private static Map<String, String> xattrs(Map<String, String> all) {
    var kept = new TreeMap<String, String>();
    all.forEach(
        (name, value) -> {
          if (name.startsWith("user.")
              || (name.equals(CAPABILITIES) && value.length() == CAPABILITY_DIGITS)) {
            kept.put(name, value);
          }
        });
    return kept;
  }
}
