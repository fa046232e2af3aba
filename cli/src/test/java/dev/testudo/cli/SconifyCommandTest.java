package dev.testudo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The options of `testudo sconify` about what is written, and what it shows meanwhile.
class SconifyCommandTest {
  private static final int ENVIRONMENT_FAILED = 3;

  @TempDir private Path work;

  private SmallImages images;

  @BeforeEach
  void base() throws IOException {
    images = new SmallImages(work);
  }

  private String[] sconify(String to, String... more) {
    var words = new ArrayList<>(List.of("sconify", "--from", images.name("base"), "--to", to));
    words.addAll(List.of("--name", "app", "-o", session().toString()));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private Path session() {
    return work.resolve("sessions/app.yaml");
  }

  @Test
  void aDryRunShowsDigestAndSessionOfTheImageAndWritesNothing() throws Exception {
    var to = "oci:%s:app".formatted(work.resolve("to"));
    var planned = images.succeed(sconify(to, "--dry-run", "--json")).json();
    assertFalse(Files.exists(work.resolve("to")));
    assertFalse(Files.exists(session().getParent()));
    assertEquals(4, planned.array("blobs").size());

    var made = images.succeed(sconify(to, "--json")).json();
    assertEquals(planned.text("digest"), made.text("digest"));
    assertEquals(planned.text("measurement"), made.text("measurement"));
    assertEquals(planned.text("session_text"), Files.readString(session()));
  }

  @Test
  void aDryRunKnowsWhatTheDestinationHas() throws Exception {
    var planned = images.succeed(sconify(images.name("made"), "--dry-run", "--json")).json();
    var there = new ArrayList<String>();
    for (var blob : planned.array("blobs")) {
      var members = JsonMembers.of(blob, "blob");
      if (members.bool("present")) {
        there.add(members.text("digest"));
      }
    }
    assertEquals(1, there.size());
    images
        .succeed("image", "inspect", "--json", images.name("base"))
        .lines()
        .forEach(line -> assertTrue(line.contains(there.getFirst()), line));
  }

  /// The blobs of the image would be sent first, and the file fails at the latest at their end.
  @Test
  void nothingIsStoredIfTheSessionCannotBeWritten() throws Exception {
    Files.writeString(work.resolve("sessions"), "in the way");
    var to = "oci:%s:app".formatted(work.resolve("to"));
    assertEquals(ENVIRONMENT_FAILED, images.run(sconify(to)));
    assertFalse(Files.exists(work.resolve("to")));
    Files.delete(work.resolve("sessions"));
    Files.createDirectories(session());
    assertEquals(ENVIRONMENT_FAILED, images.run(sconify(to)));
    assertFalse(Files.exists(work.resolve("to")));
  }

  @Test
  void theOldSessionStaysIfTheImageCannotBeStored() throws Exception {
    images.succeed(sconify(images.name("made")));
    Files.writeString(session(), "the old one");
    Files.writeString(work.resolve("file"), "in the way");
    assertEquals(1, images.run(sconify("oci:" + work.resolve("file"))));
    assertEquals("the old one", Files.readString(session()));
    try (var files = Files.list(session().getParent())) {
      assertEquals(List.of(session()), files.toList());
    }
  }

  @Test
  void withoutPushingTheRegistryIsNotReachedAndTheImageIsBesideTheSession() throws Exception {
    var made = images.succeed(sconify("127.0.0.1:1/team/app:v1", "--no-push", "--json")).json();
    var place = "oci:%s:v1".formatted(session().resolveSibling("app.oci"));
    assertEquals(place, made.text("image"));
    var measured = images.succeed("image", "measure", place, "--json").json();
    assertEquals(made.text("measurement"), measured.text("measurement"));
  }

  @Test
  void progressIsALinePerLayerAndQuietHasNone() {
    images.succeed(sconify(images.name("made")));
    assertEquals(
        1, images.err().lines().stream().filter(line -> line.startsWith("read sha256:")).count());
    assertEquals(
        1, images.err().lines().stream().filter(line -> line.startsWith("copied sha256:")).count());
    images.succeed(sconify(images.name("again"), "-q"));
    assertEquals("", images.err().text());
  }

  @Test
  void verboseNamesWhatTheImageIsMadeOf() {
    images.succeed(sconify(images.name("made"), "-v"));
    images.err().hasLine("testudo: measured 3 files"); // with /etc and /var
  }

  @Test
  void itSaysHowToKeepTheVariablesOfAShell() {
    images.succeed(sconify(images.name("made"), "--", "sh", "-c", "exec app $PORT ${MODE}"));
    images
        .err()
        .hasLine(
            "testudo: the image's values name variables; keep them when you register the session:"
                + " -e 'PORT=$PORT' -e 'MODE=$MODE'");
  }
}
