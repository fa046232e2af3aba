package dev.testudo.image.build.command;

import dev.testudo.image.layer.WrittenLayer;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// The layers that are kept, by the keys of their recipes: an OCI layout with the blobs, and a file
/// per key. A damaged layer counts as absent. When there are too many bytes, the longest unused
/// layers go.
final class KeptLayers {
  private static final String SUFFIX = ".json";
  private static final int MAX_FILE = 4096;

  /// Far longer than any build takes.
  private static final Duration LEFTOVER_AGE = Duration.ofDays(1);

  private final Path keys;
  private final Path layout;
  private final long maxBytes;
  private final InstantSource clock;

  KeptLayers(Path directory, long maxBytes, InstantSource clock) {
    this.keys = directory.resolve("keys");
    this.layout = directory.resolve("layers");
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /// What is known of a kept layer.
  private record Kept(Path file, WrittenLayer layer, boolean empty) {}

  /// Returns the layer of a key, verified.
  Optional<CommandLayer> find(String key) throws IOException {
    var kept = read(keys.resolve(key + SUFFIX));
    if (kept.isEmpty() || !isIntact(kept.get().layer().blob())) {
      return Optional.empty();
    }
    touch(kept.get().file());
    return Optional.of(layer(kept.get(), true));
  }

  private CommandLayer layer(Kept kept, boolean cached) {
    var blob = kept.layer().blob();
    BlobContent content =
        () -> {
          try {
            return Files.newInputStream(blob(blob));
          } catch (NoSuchFileException e) {
            throw new IOException(
                "%s: the layer %s was removed meanwhile; build it again"
                    .formatted(layout, blob.digest()),
                e);
          }
        };
    return new CommandLayer(kept.layer(), content, cached, kept.empty());
  }

  private Path blob(Descriptor blob) {
    return layout
        .resolve("blobs")
        .resolve(blob.digest().algorithm().text())
        .resolve(blob.digest().hex());
  }

  private boolean isIntact(Descriptor blob) {
    try (var in = new VerifiedStream(Files.newInputStream(blob(blob)), blob, "the cache")) {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void touch(Path file) throws IOException {
    try {
      Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    } catch (NoSuchFileException e) {
      // Another process has just removed it; its content is still being used.
    }
  }

  private static Optional<Kept> read(Path file) throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      var members = JsonMembers.read(content, MAX_FILE, "layer");
      var digest = digest(members, "digest");
      var diffId = digest(members, "diff_id");
      var blob = Descriptor.of(MediaType.OCI_LAYER_GZIP, digest, members.natural("size"));
      return Optional.of(new Kept(file, new WrittenLayer(blob, diffId), members.bool("empty")));
    } catch (MessageException e) {
      return Optional.empty();
    }
  }

  private static Digest digest(JsonMembers members, String name) throws MessageException {
    return Digest.parse(members.text(name)).orElseThrow(() -> members.wrong(name, "a digest"));
  }

  /// Writes a layer.
  @FunctionalInterface
  interface Writing {
    /// Writes the layer to `sink`.
    WrittenLayer write(BlobSink sink) throws IOException;
  }

  /// Keeps a layer.
  CommandLayer keep(String key, boolean empty, Writing writing) throws IOException {
    WrittenLayer written;
    try (var sink = LayoutSink.open(layout)) {
      written = writing.write(sink);
    }
    var json =
        new JsonBuilder()
            .put("digest", written.blob().digest().toString())
            .put("size", written.blob().size())
            .put("diff_id", written.diffId().toString())
            .put("empty", empty);
    Files.createDirectories(keys);
    var file = keys.resolve(key + SUFFIX);
    var temporary = Files.createTempFile(keys, "new-", ".tmp");
    try {
      Files.write(temporary, Json.write(json.build()));
      Files.setLastModifiedTime(temporary, FileTime.from(clock.instant()));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    makeRoom(file);
    return layer(new Kept(file, written, empty), false);
  }

  private record Used(Kept kept, FileTime time) {}

  /// Removes the longest unused layers, but never the one of `newest`.
  private void makeRoom(Path newest) throws IOException {
    var all = new ArrayList<Used>();
    try (var files = Files.newDirectoryStream(keys, "*" + SUFFIX)) {
      for (var file : files) {
        var kept = read(file);
        if (kept.isPresent()) {
          all.add(new Used(kept.get(), Files.getLastModifiedTime(file)));
        } else {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      return; // Another process makes room, too.
    }
    removeLeftovers(all);
    all.sort(Comparator.comparing(Used::time));
    var blobs = all.stream().map(used -> used.kept().layer().blob()).distinct();
    var total = blobs.mapToLong(Descriptor::size).sum();
    var left = new ArrayList<>(all);
    for (var used : all) {
      if (total <= maxBytes) {
        return;
      }
      if (!used.kept().file().equals(newest)) {
        left.remove(used);
        total -= remove(used.kept(), left);
      }
    }
  }

  /// Removes what killed builds have left: layers without a key, and keys that are not complete. A
  /// build that runs may need younger ones.
  private void removeLeftovers(List<Used> all) throws IOException {
    var named = new HashSet<Path>();
    all.forEach(used -> named.add(blob(used.kept().layer().blob())));
    var old = FileTime.from(clock.instant().minus(LEFTOVER_AGE));
    for (var files : List.of(keys, layout.resolve("blobs/sha256"))) {
      try (var found = Files.newDirectoryStream(files)) {
        for (var file : found) {
          var isKey = file.toString().endsWith(SUFFIX);
          if (!isKey
              && !named.contains(file)
              && Files.getLastModifiedTime(file).compareTo(old) < 0) {
            Files.deleteIfExists(file);
          }
        }
      } catch (NoSuchFileException e) {
        return; // Another process makes room, too.
      }
    }
  }

  /// Removes a key, and its blob if no other key has it; returns how many bytes are free.
  private long remove(Kept kept, List<Used> left) throws IOException {
    Files.deleteIfExists(kept.file());
    var blob = kept.layer().blob();
    if (left.stream().anyMatch(used -> used.kept().layer().blob().equals(blob))) {
      return 0;
    }
    Files.deleteIfExists(blob(blob));
    return blob.size();
  }
}
