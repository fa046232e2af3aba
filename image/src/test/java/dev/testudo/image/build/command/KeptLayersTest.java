package dev.testudo.image.build.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.tar.FileAttributes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptLayersTest {
  @TempDir Path directory;

  private CommandLayer keep(KeptLayers kept, String key, String content) throws IOException {
    var bytes = content.getBytes(UTF_8);
    var file =
        new LayerFile(
            "/a",
            new Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
            FileAttributes.of(0644));
    return kept.keep(
        key, false, sink -> LayerWriter.write(List.of(file), sink, MediaType.OCI_LAYER_GZIP));
  }

  private Set<String> names(String folder) throws IOException {
    try (var files = Files.list(directory.resolve(folder))) {
      return files.map(file -> String.valueOf(file.getFileName())).collect(Collectors.toSet());
    }
  }

  @Test
  void whatKilledBuildsHaveLeftGoesADayLater() throws Exception {
    var now = InstantSource.system();
    var kept = new KeptLayers(directory, 1 << 20, now);
    // A build that was killed between the layer and its key.
    var orphan = keep(kept, "orphan", "x").layer().blob().digest().hex();
    Files.delete(directory.resolve("keys/orphan.json"));
    Files.writeString(directory.resolve("keys/new-1.tmp"), "{");
    var one = keep(kept, "one", "y").layer().blob().digest().hex();
    assertEquals(Set.of(orphan, one), names("layers/blobs/sha256"));
    assertEquals(Set.of("one.json", "new-1.tmp"), names("keys"));
    var later = InstantSource.fixed(now.instant().plus(Duration.ofDays(2)));
    var two = keep(new KeptLayers(directory, 1 << 20, later), "two", "z");
    assertEquals(Set.of(one, two.layer().blob().digest().hex()), names("layers/blobs/sha256"));
    assertEquals(Set.of("one.json", "two.json"), names("keys"));
    assertTrue(kept.find("one").isPresent());
  }
}
