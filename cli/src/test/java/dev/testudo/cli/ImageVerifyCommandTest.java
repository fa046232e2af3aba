package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.testudo.cli.CliContext.Installation;
import dev.testudo.cli.CliContext.Streams;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.layout.LocalSource;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.trust.json.JsonMembers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands `testudo image measure` and `testudo image verify` on images that
/// `testudo sconify` makes.
class ImageVerifyCommandTest {
  private static final int REFUSED = 4;

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String measurement = "";

  @BeforeEach
  void confidentialImage() throws IOException {
    var java = Files.createDirectories(work.resolve("container/lib/java/bin"));
    Files.writeString(java.resolve("java"), "machine code");
    AgentLayer.pack(work.resolve("container"), ArchitectureOption.of(null).architecture());
    try (var sink = LayoutSink.open(work.resolve("images"))) {
      var layer = LayerWriter.write(List.of(file("/app", "x")), sink, MediaType.OCI_LAYER_GZIP);
      write(sink, "base", List.of(layer.blob()), List.of(layer.diffId()), started(List.of("/app")));
    }
    var session = work.resolve("app.yaml").toString();
    assertEquals(
        0,
        run(
            "sconify",
            "--from",
            image("base"),
            "--to",
            image("made"),
            "--name",
            "app",
            "-o",
            session,
            "--json"),
        err.toString(UTF_8));
    measurement = printed().json().text("measurement");
    out.reset();
    err.reset();
  }

  private static LayerFile file(String path, String content) {
    var bytes = content.getBytes(UTF_8);
    return new LayerFile(
        path,
        new Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
        FileAttributes.of(0755));
  }

  private static ContainerConfig started(List<String> entrypoint) {
    return new ContainerConfig(
        entrypoint,
        List.of(),
        List.of(),
        "",
        "",
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  private static void write(
      LayoutSink sink,
      String tag,
      List<Descriptor> layers,
      List<Digest> diffIds,
      ContainerConfig container)
      throws IOException {
    var platform = ArchitectureOption.of(null);
    var config =
        new ImageConfig(platform, container, diffIds, List.of(), Optional.empty(), Map.of());
    var blob = Descriptor.of(MediaType.OCI_CONFIG, config.write());
    sink.put(blob, () -> new ByteArrayInputStream(config.write()));
    sink.putManifest(
        new ByTag(tag),
        new Manifest(MediaType.OCI_MANIFEST, blob, layers, Map.of(), Map.of()).write());
  }

  /// Stores the confidential image again, with another layer on top.
  private void change(String tag, LayerFile file) throws IOException {
    var parts = made();
    try (var sink = LayoutSink.open(work.resolve("images"))) {
      var top = LayerWriter.write(List.of(file), sink, MediaType.OCI_LAYER_GZIP);
      var layers = new ArrayList<>(parts.manifest().layers());
      layers.add(top.blob());
      var diffIds = new ArrayList<>(parts.config().diffIds());
      diffIds.add(top.diffId());
      write(sink, tag, layers, diffIds, parts.config().container());
    }
  }

  private ImageParts made() throws IOException {
    var place = new ImageLocation.LayoutDirectory(work.resolve("images"), Optional.of("made"));
    try (var source = LocalSource.open(place)) {
      return ImageParts.read(source, new ByTag("made"), ArchitectureOption.of(null));
    }
  }

  private int run(String... args) {
    return Cli.run(
        args,
        new CliContext(
            Map.of("XDG_CACHE_HOME", work.resolve("cache").toString()),
            new Streams(
                InputStream.nullInputStream(),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8)),
            new Installation(work.resolve("testudo"), work.resolve("lib"), work.resolve("jdk")),
            false,
            Instant.EPOCH,
            _ -> {}));
  }

  private String image(String tag) {
    return "oci:" + work.resolve("images") + ":" + tag;
  }

  private Printed printed() {
    return new Printed(out.toString(UTF_8));
  }

  private int verify(String tag, String... more) {
    var words = new ArrayList<>(List.of("image", "verify", image(tag), "--session"));
    words.add(work.resolve("app.yaml").toString());
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
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
    assertEquals(0, run("image", "measure", image("made")), err.toString(UTF_8));
    printed().hasLine("name         app");
    printed().hasLine("measurement  " + measurement + " (not hardware attested)");
    assertEquals("", err.toString(UTF_8));
    out.reset();
    assertEquals(0, run("image", "measure", "--json", image("made")));
    var json = printed().json();
    assertEquals(measurement, json.text("measurement"));
    assertFalse(json.bool("hardware_attested"));
    assertEquals(
        AgentLayer.read(work.resolve("container")).machine().hex(),
        json.text("machine_measurement"));
  }

  @Test
  void anImageThatIsNotConfidentialIsSaidToBeNone() {
    assertEquals(1, run("image", "measure", image("base")));
    assertEquals(
        "testudo: oci:%s: the image is not confidential: it has no `/.testudo/image.json`; `testudo sconify` makes a confidential image of it\n"
            .formatted(work.resolve("images")),
        err.toString(UTF_8));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void verifyAcceptsTheSessionOfTheImage() throws Exception {
    assertEquals(0, verify("made"), err.toString(UTF_8));
    printed().hasLine("service      app (permits)");
    assertEquals("", err.toString(UTF_8));
    assertEquals(0, verify("made", "--service", "app"));
    assertEquals(1, verify("made", "--service", "other"));
  }

  @Test
  void verifyRefusesAChangedImage() throws Exception {
    change("changed", file("/app", "y"));
    change("agent", file("/.testudo/lib/java/bin/java", "other code"));
    for (var tag : List.of("changed", "agent")) {
      out.reset();
      assertEquals(REFUSED, verify(tag, "--json"), tag);
      var json = printed().json();
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
    assertEquals(0, verify("made", "-e", variable), err.toString(UTF_8));
    printed().hasLine("service      first (refuses)");
    printed().hasLine("service      second (permits)");
    printed()
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
    var parts = made();
    try (var sink = LayoutSink.open(work.resolve("images"))) {
      write(
          sink,
          "started",
          parts.manifest().layers(),
          parts.config().diffIds(),
          started(List.of("/app")));
    }
    assertEquals(0, verify("started"), err.toString(UTF_8));
    assertEquals(
        List.of(
            "testudo: warning: `config.Entrypoint` of the configuration is not what Testudo writes, and is not measured",
            "testudo: warning: `config.Env` of the configuration is not what Testudo writes, and is not measured"),
        new Printed(err.toString(UTF_8)).lines());
  }
}
