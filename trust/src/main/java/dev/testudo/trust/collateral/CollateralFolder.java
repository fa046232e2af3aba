package dev.testudo.trust.collateral;

import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.files.BoundedFile;
import dev.testudo.trust.files.OwnDirectory;
import dev.testudo.trust.files.UnsuitableFileException;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A folder of documents, one file each (docs/formats/collateral.md). Several processes may read
/// and change it at once: files appear and change as a whole, and one process at a time changes
/// them. Nothing in it is trusted: whoever uses a document verifies it.
///
/// Thread-safe.
public final class CollateralFolder {
  private static final String SUFFIX = ".json";

  /// How many problems are told.
  private static final int MOST_PROBLEMS = 100;

  private final Path directory;
  private final FolderLimits limits;

  private CollateralFolder(Path directory, FolderLimits limits) {
    this.directory = directory;
    this.limits = limits;
  }

  /// Opens a folder to read and change it. A new one has mode 0700.
  ///
  /// @throws IOException if it cannot be created, or others can change it
  public static CollateralFolder open(Path directory) throws IOException {
    return open(directory, FolderLimits.USUAL);
  }

  static CollateralFolder open(Path directory, FolderLimits limits) throws IOException {
    return new CollateralFolder(OwnDirectory.open(directory), limits);
  }

  /// Opens an existing folder to read it, whoever owns it.
  ///
  /// @throws IOException if there is none
  public static CollateralFolder read(Path directory) throws IOException {
    try {
      if (!Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
        throw new IOException("%s is not a folder".formatted(directory));
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the folder %s does not exist; `testudo attest collateral fetch` creates one"
              .formatted(directory),
          e);
    }
    return new CollateralFolder(directory, FolderLimits.USUAL);
  }

  /// Returns where it is.
  public Path directory() {
    return directory;
  }

  FolderLimits limits() {
    return limits;
  }

  /// Everything in a folder.
  ///
  /// @param documents in the order of their names; nothing about them is verified
  /// @param problems one line for each file that is no document, at most 100
  public record Content(List<StoredDocument> documents, List<String> problems) {
    /// Copies the lists.
    public Content {
      documents = List.copyOf(documents);
      problems = List.copyOf(problems);
    }
  }

  /// Reads everything.
  public Content content() throws IOException {
    var documents = new ArrayList<StoredDocument>();
    var problems = new ArrayList<String>();
    for (var file : files().entrySet()) {
      try {
        find(file.getKey(), file.getValue()).ifPresent(documents::add);
      } catch (CollateralException e) {
        if (problems.size() < MOST_PROBLEMS) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
    }
    return new Content(documents, problems);
  }

  /// Returns a document, if it is there.
  ///
  /// @throws CollateralException if its file is something else
  public Optional<StoredDocument> find(DocumentId id) throws IOException {
    return find(id.toString(), file(id));
  }

  /// Returns a view for one verification: it reads a document when it is asked for, and then
  /// remembers it. What cannot be read counts as absent. Not thread-safe.
  public Collateral collateral() {
    var seen = new HashMap<DocumentId, Optional<Document>>();
    return id -> seen.computeIfAbsent(id, this::quietly);
  }

  private Optional<Document> quietly(DocumentId id) {
    try {
      return find(id).map(StoredDocument::document);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Waits until no other process changes the folder, and begins to change it.
  ///
  /// @throws CollateralException if that takes too long
  public FolderChange change() throws IOException {
    return FolderChange.begin(this);
  }

  /// Returns the files that can be documents by their names, in the order of the names.
  Map<String, Path> files() throws IOException {
    var files = new TreeMap<String, Path>();
    try (var all = Files.newDirectoryStream(directory, "[a-z]*" + SUFFIX)) {
      for (var file : all) {
        if (files.size() == limits.documents()) {
          throw new CollateralException(
              Fault.FULL,
              "%s has more than %d documents; remove some"
                  .formatted(directory, limits.documents()));
        }
        var name = String.valueOf(file.getFileName());
        files.put(name.substring(0, name.length() - SUFFIX.length()), file);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  Path file(DocumentId id) {
    return directory.resolve(id + SUFFIX);
  }

  /// Reads a file that was found under the name of a document.
  Optional<StoredDocument> find(String name, Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = BoundedFile.read(file, DocumentJson.MOST_BYTES, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (UnsuitableFileException e) {
      throw new CollateralException(Fault.MALFORMED, e.getMessage() + "; remove it");
    }
    try {
      var stored = DocumentJson.decode(Json.read(bytes, DocumentJson.MOST_BYTES));
      if (!stored.id().toString().equals(name)) {
        throw new MessageException("it is about `%s`".formatted(stored.id()));
      }
      return Optional.of(stored);
    } catch (MessageException e) {
      throw new CollateralException(
          Fault.MALFORMED, "%s is no document: %s; remove it".formatted(file, e.getMessage()));
    }
  }
}
