package dev.testudo.agent.view;

import dev.testudo.linux.mount.NewFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes placed files into the memory they are mounted from.
final class MemoryFiles {
  private MemoryFiles() {}

  /// Writes `mount` at `place`, which does not exist yet.
  static void write(ViewPlan.Mount mount, Path place) throws IOException {
    create(mount.top(), place);
    for (var entry : mount.below()) {
      create(entry, place(mount, place, entry));
    }
    // Children first: a directory may forbid its owner to create anything in it.
    for (var entry : mount.below().reversed()) {
      setMode(entry, place(mount, place, entry));
    }
    setMode(mount.top(), place);
  }

  private static Path place(ViewPlan.Mount mount, Path place, Placed entry) {
    return place.resolve(entry.path().substring(mount.top().path().length() + 1));
  }

  private static void create(Placed entry, Path place) throws IOException {
    switch (entry) {
      case Placed.Directory _ -> Files.createDirectory(place);
      case Placed.Link(_, var target) -> Files.createSymbolicLink(place, Path.of(target));
      case Placed.File(_, var mode, var content) -> writeFile(place, mode, content);
    }
  }

  private static void setMode(Placed entry, Path place) throws IOException {
    if (entry instanceof Placed.Directory(_, var mode)) {
      Files.setAttribute(place, "unix:mode", mode);
    }
  }

  private static void writeFile(Path place, int mode, Content content) throws IOException {
    switch (content) {
      case Content.Plain(var bytes) -> NewFile.write(place, mode, bytes);
      case Content.Confidential(var secret) -> {
        try {
          secret.reveal(bytes -> write(place, mode, bytes));
        } catch (UncheckedIOException e) {
          throw e.getCause();
        }
      }
    }
  }

  private static Path write(Path place, int mode, byte[] bytes) {
    try {
      NewFile.write(place, mode, bytes);
      return place;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
