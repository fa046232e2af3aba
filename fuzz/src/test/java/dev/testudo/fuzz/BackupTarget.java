package dev.testudo.fuzz;

import dev.testudo.cas.store.backup.BackupException;
import dev.testudo.cas.store.backup.BackupFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The file of a backup. What is not intact is a [BackupException]; of what is, the whole database
/// is there.
public final class BackupTarget {
  private static final Path FILE = Path.of("backup");
  private static final Path DATABASE = Path.of("database");

  private BackupTarget() {}

  /// Extracts one input.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Files.write(FILE, input);
    Files.deleteIfExists(DATABASE);
    try {
      var manifest = BackupFile.extract(FILE, Optional.empty(), DATABASE);
      if (Files.size(DATABASE) != manifest.size()) {
        throw new AssertionError("a part of the database is missing");
      }
    } catch (BackupException e) {
      // That is the answer to a damaged backup.
    }
  }
}
