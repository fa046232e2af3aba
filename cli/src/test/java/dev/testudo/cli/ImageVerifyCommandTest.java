package dev.testudo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.testudo.image.build.AgentLayer;
import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands `testudo image measure` and `testudo image verify` on images that
/// `testudo sconify` makes.
class ImageVerifyCommandTest {
  private static final int REFUSED = 4;

  @TempDir private Path work;

  private SmallImages images;
  private String measurement = "";

  @BeforeEach
  void confidentialImage() throws Exception {
    images = new SmallImages(work);
    var words = new ArrayList<>(List.of("sconify", "--name", "app", "--json"));
    words.addAll(List.of("--from", images.name("base"), "--to", images.name("made")));
    words.addAll(List.of("-o", work.resolve("app.yaml").toString()));
    measurement = images.succeed(words.toArray(String[]::new)).json().text("measurement");
  }

  private int verify(String tag, String... more) {
    var words = new ArrayList<>(List.of("image", "verify", images.name(tag), "--session"));
    words.add(work.resolve("app.yaml").toString());
    words.addAll(List.of(more));
    return images.run(words.toArray(String[]::new));
  }

  /// Replaces the session by one with two services.
  private void session(String tolerate, String first, String second) throws IOException {
    Files.writeString(
        work.resolve("app.yaml"),
        """
        name: app
        version: "0.3.12"
        security: {attestation: {tolerate: [%s]}}
        services:
          - {name: first, command: /app, attestation: [{mrenclave: "%s", join_token: required}]}
          - {name: second, command: /app, attestation: [{mrenclave: "%s", join_token: required}]}
        """
            .formatted(tolerate, first, second));
  }

  @Test
  void measureShowsTheMeasurementThatSconifyShowed() throws Exception {
    var printed = images.succeed("image", "measure", images.name("made"));
    printed.hasLine("name         app");
    printed.hasLine("measurement  " + measurement + " (not hardware attested)");
    assertEquals("", images.err().text());
    var json = images.succeed("image", "measure", "--json", images.name("made")).json();
    assertEquals(measurement, json.text("measurement"));
    assertFalse(json.bool("hardware_attested"));
    assertEquals(
        AgentLayer.read(work.resolve("container")).machine().hex(),
        json.text("machine_measurement"));
  }

  @Test
  void anImageThatIsNotConfidentialIsSaidToBeNone() {
    assertEquals(1, images.run("image", "measure", images.name("base")));
    assertEquals(
        "testudo: oci:%s: the image is not confidential: it has no `/.testudo/image.json`; `testudo sconify` makes a confidential image of it\n"
            .formatted(images.directory()),
        images.err().text());
    assertEquals("", images.out().text());
  }

  @Test
  void verifyAcceptsTheSessionOfTheImage() throws Exception {
    assertEquals(0, verify("made"), images.err()::text);
    images.out().hasLine("service      app (permits)");
    assertEquals("", images.err().text());
    assertEquals(0, verify("made", "--service", "app"));
    assertEquals(1, verify("made", "--service", "other"));
  }

  @Test
  void verifyRefusesAChangedImage() throws Exception {
    images.change("changed", "made", SmallImages.file("/app", "y"));
    images.change("agent", "made", SmallImages.file("/.testudo/lib/java/bin/java", "other code"));
    for (var tag : List.of("changed", "agent")) {
      assertEquals(REFUSED, verify(tag, "--json"), tag);
      var json = images.out().json();
      assertNotEquals(measurement, json.text("measurement"));
      var service = JsonMembers.of(json.array("services").getFirst(), "service");
      assertFalse(service.bool("permits"));
      assertEquals(List.of(measurement), service.texts("expected"));
    }
  }

  @Test
  void verifyShowsWhichServicePermitsAndWhatTheOthersExpect() throws Exception {
    var other = "ab".repeat(32);
    session("software-evidence", other, "$MEASUREMENT");
    var variable = "MEASUREMENT=" + measurement;
    assertEquals(0, verify("made", "-e", variable), images.err()::text);
    images.out().hasLine("service      first (refuses)");
    images.out().hasLine("service      second (permits)");
    images
        .out()
        .hasLine(
            "  measurement: expected %s, seen %s (%s:5:60)"
                .formatted(other, measurement, work.resolve("app.yaml")));
    assertEquals(0, verify("made", "-e", variable, "--service", "second"));
    assertEquals(REFUSED, verify("made", "-e", variable, "--service", "first"));
    assertEquals(1, verify("made"));
  }

  @Test
  void verifyRefusesWhatCasWouldRefuseOrNotAskFor() throws Exception {
    session("", measurement, measurement);
    assertEquals(REFUSED, verify("made"));
    Files.writeString(
        work.resolve("app.yaml"),
        """
        name: app
        version: "0.3.12"
        security: {attestation: {mode: none}}
        services: [{name: app, command: /app}]
        """);
    assertEquals(REFUSED, verify("made"));
  }

  @Test
  void aChangedConfigurationIsAWarning() throws Exception {
    images.reconfigure("started", "made", SmallImages.started(List.of("/app")));
    assertEquals(0, verify("started"), images.err()::text);
    assertEquals(
        List.of(
            "testudo: warning: `config.Entrypoint` of the configuration is not what Testudo writes,"
                + " and is not measured",
            "testudo: warning: `config.Env` of the configuration is not what Testudo writes, and is"
                + " not measured"),
        images.err().lines());
  }
}
