package dev.testudo.image.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.oci.ContainerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The only user other than root to whom the data folders of an image belong. An image that starts
/// as root and has such a user usually changes to it in its entry script.
///
/// @param uid the user id
/// @param folder a folder that belongs to the user
public record DataOwner(long uid, String folder) {
  /// Where Debian's packages have the data of services.
  private static final String SERVICES = "/var/lib";

  /// Finds the owner: of the volumes, the working directory and `/data`, and if these are all of
  /// root, of the folders in `/var/lib`.
  static Optional<DataOwner> of(ContainerConfig container, ImageTree tree) {
    var folders = new ArrayList<>(container.volumes());
    folders.add(container.workingDirectory());
    folders.add("/data");
    var owners = owners(folders, tree);
    if (owners.isEmpty()) {
      owners =
          owners(tree.names(SERVICES).stream().map(name -> SERVICES + "/" + name).toList(), tree);
    }
    return owners.size() == 1 ? Optional.of(owners.firstEntry().getValue()) : Optional.empty();
  }

  /// Returns a folder of each owner other than root.
  private static TreeMap<Long, DataOwner> owners(List<String> folders, ImageTree tree) {
    var owners = new TreeMap<Long, DataOwner>();
    for (var folder : folders) {
      tree.find(folder)
          .filter(found -> found.file().isDirectory())
          .map(found -> new DataOwner(found.file().attributes().owner().uid(), found.path()))
          .filter(owner -> owner.uid() != 0 && owner.uid() <= ImageUser.MAX_ID)
          .ifPresent(owner -> owners.putIfAbsent(owner.uid(), owner));
    }
    return owners;
  }
}
