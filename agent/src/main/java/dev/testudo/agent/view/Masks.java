package dev.testudo.agent.view;

import dev.testudo.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Hides files and directories of a view behind an empty file and an empty directory.
final class Masks {
  private static final int NOTHING = 0;

  private final Path file;
  private final Path folder;

  /// @param workshop a directory in memory, which is read-only once the view is complete
  Masks(Path workshop) throws IOException {
    file = Files.createFile(workshop.resolve("empty-file"));
    folder = Files.createDirectory(workshop.resolve("empty-folder"));
    Files.setAttribute(file, "unix:mode", NOTHING);
    Files.setAttribute(folder, "unix:mode", NOTHING);
  }

  /// Hides what is at `place`, if anything.
  void hide(Path place) throws IOException {
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS) || Files.isSymbolicLink(place)) {
      return;
    }
    var mask = Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS) ? folder : file;
    Mounts.bind(mask, place);
    Mounts.makeHarmless(place);
  }
}
