package dev.testudo.trust.collateral.input;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.collateral.CollateralBundle;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.files.BoundedFile;
import dev.testudo.trust.files.UnsuitableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// What is imported: documents in any of the forms that docs/formats/collateral.md lists.
///
/// @param documents as they were found; none is verified, and names may occur several times
/// @param ignored one line for each part that is no document which is kept
public record CollateralInput(List<Document> documents, List<String> ignored) {
  private static final int MOST_FILES = 20_000;
  private static final int MOST_DEPTH = 4;

  /// Copies the lists.
  public CollateralInput {
    documents = List.copyOf(documents);
    ignored = List.copyOf(ignored);
  }

  /// Reads a file, or all files of a folder and of the folders in it.
  ///
  /// @throws CollateralException if the file is nothing that is known, or exceeds a limit
  public static CollateralInput read(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return one(bytes(place), place);
    }
    var found = new FoundDocuments();
    for (var file : files(place)) {
      var name = place.relativize(file).toString();
      try {
        new InputReader(found, name).read(bytes(file, LinkOption.NOFOLLOW_LINKS));
      } catch (CollateralException e) {
        found.ignore(name, reason(e));
      }
    }
    return found.complete();
  }

  private static byte[] bytes(Path file, LinkOption... links) throws IOException {
    try {
      return BoundedFile.read(file, CollateralBundle.MOST_BYTES, links);
    } catch (UnsuitableFileException e) {
      throw new CollateralException(Fault.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /// Reads standard input.
  ///
  /// @throws CollateralException if it is nothing that is known, or exceeds a limit
  public static CollateralInput read(InputStream in) throws IOException {
    var bytes = in.readNBytes(CollateralBundle.MOST_BYTES + 1);
    if (bytes.length > CollateralBundle.MOST_BYTES) {
      throw new CollateralException(
          Fault.MALFORMED,
          "standard input has more than %d bytes".formatted(CollateralBundle.MOST_BYTES));
    }
    return one(bytes, Path.of("standard input"));
  }

  private static CollateralInput one(byte[] bytes, Path place) throws CollateralException {
    var found = new FoundDocuments();
    try {
      new InputReader(found, "").read(bytes);
    } catch (CollateralException e) {
      throw new CollateralException(e.fault(), place + ": " + reason(e));
    }
    return found.complete();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var all = Files.walk(directory, MOST_DEPTH)) {
      var files =
          all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
              .limit(MOST_FILES + 1L)
              .sorted()
              .toList();
      if (files.size() > MOST_FILES) {
        throw new CollateralException(
            Fault.MALFORMED,
            "%s has more than %d files; is it the right folder?".formatted(directory, MOST_FILES));
      }
      return files;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String reason(CollateralException e) {
    return String.valueOf(e.getMessage());
  }
}
