package dev.testudo.agent.view;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A directory in memory that shows every entry of a real one and has further entries. It is
/// read-only once the view is complete.
final class Mirror {
  /// The limit of entries. Each is a mount, and the kernel allows 100,000 mounts per namespace.
  private static final int MOST_ENTRIES = 20_000;

  private static final int PERMISSIONS = 07777;
  private static final long MOST_BYTES = 1L << 20;

  /// Room for the names that image and policy add.
  private static final int MORE = 70_000;

  private final Path real;
  private final Path mirror;

  private Mirror(Path real, Path mirror) {
    this.real = real;
    this.mirror = mirror;
  }

  /// Creates a mirror of `real` at `mirror`. `links` replace the entries with the same names.
  static void of(Path real, Path mirror, List<Placed.Link> links) throws IOException {
    new Mirror(real, mirror).build(links);
  }

  private void build(List<Placed.Link> links) throws IOException {
    var entries = entries();
    var mode = (int) attribute("unix:mode") & PERMISSIONS;
    Mounts.tmpfs(mirror, UserIds.own(), mode, MOST_BYTES, entries.size() + MORE);
    var replaced = links.stream().map(Mirror::name).collect(Collectors.toSet());
    for (var entry : entries) {
      if (!replaced.contains(entry.getFileName().toString())) {
        show(entry, mirror.resolve(entry.getFileName()));
      }
    }
    for (var link : links) {
      Files.createSymbolicLink(mirror.resolve(name(link)), Path.of(link.target()));
    }
  }

  private static String name(Placed.Link link) {
    return link.path().substring(link.path().lastIndexOf('/') + 1);
  }

  private List<Path> entries() throws IOException {
    var entries = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(real)) {
      for (var entry : stream) {
        if (entries.size() == MOST_ENTRIES) {
          throw new ViewException(
              ("`%s` has more than %d entries, so nothing can be placed in it; place the file"
                      + " elsewhere")
                  .formatted(real, MOST_ENTRIES));
        }
        entries.add(entry);
      }
    }
    return entries;
  }

  private static void show(Path entry, Path place) throws IOException {
    if (Files.isSymbolicLink(entry)) {
      Files.createSymbolicLink(place, Files.readSymbolicLink(entry));
      return;
    }
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(place);
    } else {
      Files.createFile(place);
    }
    Mounts.bind(entry, place);
  }

  private Object attribute(String name) throws IOException {
    return Files.getAttribute(real, name, LinkOption.NOFOLLOW_LINKS);
  }
}
