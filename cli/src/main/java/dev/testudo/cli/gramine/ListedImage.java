package dev.testudo.cli.gramine;

import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.manifest.ManifestMount;
import dev.testudo.gramine.manifest.TrustedFile;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.trust.measure.ContainerRoot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The files of an image as Gramine's manifest lists them. Gramine knows a file by its place on the
/// host, and has no symbolic links of its own:
///
/// - a link to a folder is a mount of that folder, or a folder in memory of its own,
/// - a link to a file is a trusted file with the content of that file. If the link is absolute, it
///   is a mount, too, because the host would follow it out of the image.
///
/// @param mounts the mounts of links
/// @param trusted the files, in the order of their paths
/// @param leftOut how many links, devices and pipes are not listed, because they lead to nothing
///     that is
record ListedImage(List<ManifestMount> mounts, List<TrustedFile> trusted, int leftOut) {
  /// What Gramine itself has, or what a program in an enclave has no use for.
  private static final List<String> NOT_OF_IMAGES =
      List.of(ContainerRoot.AGENT, "/dev", "/proc", "/sys");

  private static final int MOST_LINKS = 40;

  ListedImage {
    mounts = List.copyOf(mounts);
    trusted = List.copyOf(trusted);
  }

  /// Lists an image.
  ///
  /// @param root where the files of the image will be on the host, without `/` at the end
  /// @param inMemory the folders in memory, which hide what the image has there
  /// @throws GramineException if a name cannot be in a manifest
  static ListedImage of(ImageTree tree, String root, Collection<String> inMemory)
      throws GramineException {
    return new Listing(tree, root, inMemory).list();
  }

  private static final class Listing {
    private final ImageTree tree;
    private final String root;
    private final Collection<String> inMemory;
    private final List<String> hidden = new ArrayList<>(NOT_OF_IMAGES);
    private final List<ManifestMount> mounts = new ArrayList<>();
    private final List<TrustedFile> trusted = new ArrayList<>();
    private int leftOut;

    Listing(ImageTree tree, String root, Collection<String> inMemory) {
      this.tree = tree;
      this.root = root;
      this.inMemory = inMemory;
      hidden.addAll(inMemory);
    }

    ListedImage list() throws GramineException {
      for (var located : tree.files()) {
        if (!isHidden(located.path())) {
          add(located);
        }
      }
      return new ListedImage(mounts, trusted, leftOut);
    }

    private void add(Located located) throws GramineException {
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(located.path())) {
        throw GramineException.unsupported("the image has a file whose name is not UTF-8");
      }
      switch (located.file().node()) {
        case LayerNode.RegularFile(_, var sha256) -> trust(located.path(), sha256);
        case LayerNode.Directory() -> {}
        case LayerNode.SymbolicLink _ -> link(located.path());
        case LayerNode.Device _, LayerNode.Fifo() -> leftOut++;
        case LayerNode.HardLink _, LayerNode.Whiteout(), LayerNode.OpaqueWhiteout() ->
            throw new AssertionError("a merged tree has no such nodes");
      }
    }

    private void trust(String path, String sha256) {
      trusted.add(new TrustedFile(root + path, sha256));
    }

    private void link(String path) {
      var end = tree.find(path);
      if (end.isPresent() && inMemory.contains(end.get().path())) {
        mounts.add(new ManifestMount.InMemory(path));
        return;
      }
      if (end.isEmpty() || isHidden(end.get().path()) || isWithin(path, end.get().path())) {
        leftOut++;
        return;
      }
      switch (end.get().file().node()) {
        case LayerNode.Directory() -> mount(path, end.get());
        case LayerNode.RegularFile(_, var sha256) -> {
          trust(path, sha256);
          if (leadsThroughTheRoot(path)) {
            mount(path, end.get());
          }
        }
        default -> leftOut++;
      }
    }

    private void mount(String path, Located end) {
      mounts.add(new ManifestMount.HostFiles(path, root + end.path()));
    }

    /// Returns whether one of the links from `path` on is absolute.
    private boolean leadsThroughTheRoot(String path) {
      var here = Optional.of(path);
      for (var i = 0; i < MOST_LINKS && here.isPresent(); i++) {
        var place = tree.findLink(here.get());
        if (place.isEmpty()
            || !(place.get().file().node() instanceof LayerNode.SymbolicLink(var target))) {
          return false;
        }
        if (target.startsWith("/")) {
          return true;
        }
        var folder = place.get().path();
        here = Optional.of(folder.substring(0, folder.lastIndexOf('/') + 1) + target);
      }
      return true;
    }

    private boolean isHidden(String path) {
      return hidden.stream().anyMatch(folder -> isWithin(path, folder));
    }

    private static boolean isWithin(String path, String folder) {
      return path.equals(folder) || folder.equals("/") || path.startsWith(folder + "/");
    }
  }
}
