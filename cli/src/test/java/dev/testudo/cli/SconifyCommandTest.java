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

  /// An image as that of Redis, which starts as root.
  private void serviceImage() throws IOException {
    images.image(
        "base",
        SmallImages.file("/app", "x"),
        SmallImages.file(
            "/etc/passwd", "root:x:0:0::/:\nmail:x:8:8::/:\nredis:x:999:1000::/data:\n"),
        SmallImages.file("/etc/group", "root:x:0:\nredis:x:1000:\nssl:x:110:redis\n"),
        SmallImages.directory("/data", 999));
  }

  private String userOf(String tag) throws Exception {
    var inspected = images.succeed("image", "inspect", "--json", images.name(tag)).json();
    return inspected.text("user");
  }

  @Test
  void anImageThatStartsAsRootIsAWarningWithTheUserThatFits() throws Exception {
    serviceImage();
    images.succeed(sconify(images.name("made")));
    images
        .err()
        .hasLine(
            "testudo: warning: the image starts as root; a program in a confidential container"
                + " cannot change its user, so if the image's entry script does (gosu, su-exec,"
                + " setpriv), choose the user with --user; `--user redis` probably fits, because"
                + " /data belongs to it");
  }

  @Test
  void theChosenUserIsInTheImageByNumberAndInNoMeasurement() throws Exception {
    serviceImage();
    var root = images.succeed(sconify(images.name("made"), "--json")).json();
    for (var chosen : List.of("redis", "redis:redis", "999", "999:1000")) {
      var made = images.succeed(sconify(images.name("made"), "--json", "--user", chosen)).json();
      assertEquals("999:1000", userOf("made"));
      assertEquals(root.text("measurement"), made.text("measurement"));
      assertFalse(images.err().text().contains("warning"), images.err().text());
    }
    images.succeed(sconify(images.name("made"), "--user", "redis:ssl"));
    images.err().hasLine("testudo: containers run as 999:110 (redis)");
    assertEquals("999:110", userOf("made"));
  }

  /// podman would add an entry, which changes the measurement.
  @Test
  void aUserByNumberWithoutAnEntryIsTakenAndItsDrawbackSaid() throws Exception {
    serviceImage();
    images.succeed(sconify(images.name("made"), "--user", "1000"));
    images
        .err()
        .hasLine(
            "testudo: containers run as 1000:0 (not in /etc/passwd: podman changes that file"
                + " without `--passwd=false`)");
    assertEquals("1000:0", userOf("made"));
  }

  @Test
  void aUserThatTheImageHasNotIsRefusedAndNothingIsWritten() throws Exception {
    serviceImage();
    refused("rediss", "the image has no user `rediss`; did you mean `redis`?");
    refused("postgres", "the image has no user `postgres`; it has redis, mail, root");
    refused("redis:wheel", "the image has no group `wheel`; it has redis, ssl, root");
    refused(
        "redis:",
        "`redis:` is not a user; write `USER` or `USER:GROUP`, each as a name or a number");
  }

  private void refused(String user, String message) {
    assertEquals(1, images.run(sconify("oci:" + work.resolve("to"), "-q", "--user", user)));
    assertEquals("testudo: --user: " + message + "\n", images.err().text());
    assertFalse(Files.exists(work.resolve("to")));
    assertFalse(Files.exists(session()));
  }
}
