package dev.testudo.trust.collateral;

import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.evidence.DocumentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The documents of a folder in memory, for a process that verifies much evidence. Lookups read no
/// files. It holds as much as a folder does. Thread-safe.
public final class CollateralCache {
  private final CollateralFolder folder;
  private Map<String, Seen> files = Map.of();
  private volatile Map<DocumentId, StoredDocument> documents = Map.of();

  /// A file as it was when it was read.
  ///
  /// @param document absent if it is something else
  private record Seen(
      long size, FileTime modified, @Nullable Object key, Optional<StoredDocument> document) {
    boolean isOf(BasicFileAttributes attributes) {
      return size == attributes.size()
          && modified.equals(attributes.lastModifiedTime())
          && Objects.equals(key, attributes.fileKey());
    }
  }

  /// Creates a cache that is empty until [#reload()].
  public CollateralCache(CollateralFolder folder) {
    this.folder = folder;
  }

  /// Returns the folder.
  public CollateralFolder folder() {
    return folder;
  }

  /// Returns the documents as they were at the last reload. The result never changes.
  public Collateral current() {
    var now = documents;
    return id -> Optional.ofNullable(now.get(id)).map(StoredDocument::document);
  }

  /// Returns all documents as they were at the last reload, by their names.
  public Map<DocumentId, StoredDocument> documents() {
    return documents;
  }

  /// Reads the files that have changed.
  ///
  /// @return one line for each file that has become something else than a document
  /// @throws IOException if the folder cannot be read; the documents stay as they were
  public synchronized List<String> reload() throws IOException {
    var before = files;
    var after = new HashMap<String, Seen>();
    var now = new HashMap<DocumentId, StoredDocument>();
    var problems = new ArrayList<String>();
    for (var file : folder.files().entrySet()) {
      var seen = seen(file.getKey(), file.getValue(), before.get(file.getKey()), problems);
      if (seen.isPresent()) {
        after.put(file.getKey(), seen.get());
        seen.get().document().ifPresent(document -> now.put(document.id(), document));
      }
    }
    files = after;
    documents = Map.copyOf(now);
    return problems;
  }

  private Optional<Seen> seen(String name, Path file, @Nullable Seen before, List<String> problems)
      throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (before != null && before.isOf(attributes)) {
      return Optional.of(before);
    }
    Optional<StoredDocument> document = Optional.empty();
    try {
      document = folder.find(name, file);
    } catch (IOException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    return Optional.of(
        new Seen(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey(), document));
  }
}
