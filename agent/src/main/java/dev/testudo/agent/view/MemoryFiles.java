package dev.testudo.agent.view;

import dev.testudo.linux.mount.NewFile;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// Writes placed files into the memory from which they are shown. What image and policy place
/// belongs to the service's user, so that the file modes state what the service may do.
final class MemoryFiles {
  /// Permission bits with which everybody can use a directory.
  private static final int OPEN = 05;

  private final UserIds user;

  MemoryFiles(UserIds user) {
    this.user = user;
  }

  /// Writes `mount` at `place`, which must not exist yet.
  void write(ViewPlan.Mount mount, Path place) throws IOException {
    create(mount.top(), place);
    writeInto(place, mount.top().path(), mount.below());
    setOwnerAndMode(mount.top(), place);
  }

  /// Writes `entries`, parents before children, into the directory `place`, which stands
  /// for `path`.
  void writeInto(Path place, String path, List<Placed.InMemory> entries) throws IOException {
    for (var entry : entries) {
      if (!entry.path().equals(path)) {
        create(entry, place(place, path, entry));
      }
    }
    // Children first, because a directory's mode may forbid its owner to create files in it.
    for (var entry : entries.reversed()) {
      setOwnerAndMode(entry, place(place, path, entry));
    }
  }

  private static Path place(Path place, String path, Placed.InMemory entry) {
    return entry.path().equals(path)
        ? place
        : place.resolve(entry.path().substring(path.equals("/") ? 1 : path.length() + 1));
  }

  private void create(Placed.InMemory entry, Path place) throws IOException {
    switch (entry) {
      case Placed.Directory _ -> Files.createDirectory(place);
      case Placed.Link(_, var target) -> Files.createSymbolicLink(place, Path.of(target));
      case Placed.File(_, var mode, var content) -> writeFile(place, mode, content);
    }
  }

  private void setOwnerAndMode(Placed.InMemory entry, Path place) throws IOException {
    if (entry instanceof Placed.Directory(_, var mode)) {
      if ((mode & OPEN) != OPEN) {
        Files.setAttribute(place, "unix:gid", user.gid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(place, "unix:uid", user.uid(), LinkOption.NOFOLLOW_LINKS);
      }
      Files.setAttribute(place, "unix:mode", mode);
    }
  }

  private void writeFile(Path place, int mode, Content content) throws IOException {
    switch (content) {
      case Content.OfMachine(var bytes) -> NewFile.write(place, mode, bytes);
      case Content.OfImage(var file) -> {
        try (var in = file.open()) {
          NewFile.write(place, mode, user, in);
        }
      }
      case Content.OfVolume(var file) -> {
        try (var in = file.content().open()) {
          NewFile.write(place, mode, user, in);
        }
      }
      case Content.Plain(var bytes) -> NewFile.write(place, mode, user, bytes);
      case Content.Confidential(var secret) ->
          secret.revealOrThrow(
              bytes -> {
                NewFile.write(place, mode, user, bytes);
                return place;
              });
    }
  }
}
