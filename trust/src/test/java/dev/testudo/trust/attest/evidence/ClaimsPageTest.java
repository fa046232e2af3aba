package dev.testudo.trust.attest.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.IntelTcb.PartKind;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The examples that docs/formats/claims.md names are complete: they are read, and written again
/// equal.
class ClaimsPageTest {
  @Test
  void everyExampleIsReadAndWrittenAgain() throws IOException {
    var bytes = Files.readAllBytes(Path.of("../docs/formats/claims-examples.json"));
    var kinds = new ArrayList<Isolation>();
    for (var example : ((JsonArray) Json.read(bytes, 1 << 20)).elements()) {
      var claims = ClaimsJson.decode(JsonMembers.of(example, "claims"));
      assertEquals(Json.writeText(example), Json.writeText(ClaimsJson.encode(claims)));
      kinds.add(claims.isolation());
    }
    assertEquals(List.of(Isolation.values()), kinds);
  }

  @Test
  void thePageHasEveryWord() throws IOException {
    var page = Files.readString(Path.of("../docs/formats/claims.md")).replaceAll("\\s+", " ");
    Stream.of(Isolation.values(), Root.values(), PartKind.values())
        .flatMap(Arrays::stream)
        .forEach(word -> assertTrue(page.contains("`" + word + "`"), "`" + word + "`"));
  }
}
