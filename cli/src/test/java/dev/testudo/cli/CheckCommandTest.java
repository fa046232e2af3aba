package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.json.JsonMembers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  private static final Path EXAMPLES = Path.of("../examples");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir Path work;

  private int run(String... args) {
    out.reset();
    err.reset();
    return Cli.run(args, CliTest.context(out, err, work));
  }

  private List<String> diagnostics() {
    return new Printed(err.toString(UTF_8)).diagnostics();
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text).toString();
  }

  @Test
  void theExamplesAreFine() {
    var mesh = EXAMPLES.resolve("patient-records/mesh.yaml").toString();
    assertEquals(0, run("check", mesh), () -> err.toString(UTF_8));
    assertEquals(mesh + ": ok\n", out.toString(UTF_8));
    assertEquals("", err.toString(UTF_8));
  }

  @Test
  void everyMistakeIsShownAndCounted() throws IOException {
    var service = file("service.yaml", "apiVersion: scone/5.8\nkind: genservice\nbiuld: {}\n");
    assertEquals(1, run("check", service));
    var shown = new Printed(err.toString(UTF_8));
    assertEquals(
        List.of("error missing-key " + service + ":1:1", "error unknown-key " + service + ":3:1"),
        shown.diagnostics());
    assertEquals("2 errors", shown.lines().getLast());
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void scriptsGetTheSameAsJson() throws Exception {
    var service = file("service.yaml", "apiVersion: scone/5.8\nkind: genservice\nbiuld: {}\n");
    assertEquals(1, run("check", "--json", service));
    var found = new ArrayList<String>();
    for (var one : new Printed(out.toString(UTF_8)).json().array("diagnostics")) {
      var fields = JsonMembers.of(one, "diagnostic");
      assertEquals(service, fields.text("file"));
      found.add(
          "%s %s %d:%d"
              .formatted(
                  fields.text("severity"),
                  fields.text("id"),
                  fields.natural("line"),
                  fields.natural("column")));
    }
    assertEquals(List.of("error missing-key 1:1", "error unknown-key 3:1"), found);
    assertEquals("", err.toString(UTF_8));
  }

  @Test
  void variablesOfASessionComeFromTheCommandLine() throws IOException {
    var session = file("session.yaml", "name: $NAME\nversion: \"0.3\"\n");
    assertEquals(1, run("check", session));
    assertEquals(List.of("error unknown-variable " + session + ":1:7"), diagnostics());
    assertEquals(0, run("check", "-e", "NAME=shop", session), () -> err.toString(UTF_8));
    assertEquals(0, run("session", "check", "-e", "NAME=shop", session));
    assertEquals("name: shop\nversion: \"0.3\"\n", out.toString(UTF_8));
  }

  @Test
  void aSessionIsLintedOnDemand() throws IOException {
    var text = "name: a\nversion: \"0.3\"\nsecrets: [{name: s, kind: ascii}]\n";
    var session = file("session.yaml", text);
    assertEquals(0, run("session", "check", session));
    assertEquals(text, out.toString(UTF_8));
    assertEquals(List.of(), diagnostics());
    assertEquals(0, run("session", "check", "--lint", session));
    assertEquals(List.of("warning unused-secret " + session + ":3:18"), diagnostics());
    assertEquals("", out.toString(UTF_8));
    assertEquals(1, run("session", "check", "--lint", "--fail-on-warning", session));
  }

  @Test
  void theDiagnosticsOfASessionShowTheFileAsItIsWritten() throws IOException {
    var text = "name: a\nversion: \"0.3\"\nsalt: |\n  $WHO\nimages: x\n";
    var session = file("session.yaml", text);
    assertEquals(1, run("session", "check", "-e", "WHO=hunter2\nb\nc", session));
    assertEquals(
        List.of("error invalid-value " + session + ":3:7", "error wrong-type " + session + ":5:9"),
        diagnostics());
    assertFalse(err.toString(UTF_8).contains("hunter2"), err.toString(UTF_8));
  }

  @Test
  void editorsGetASchemaOfEachKindOfFile() {
    for (var kind : List.of("session", "service", "mesh")) {
      assertEquals(0, run("session", "schema", kind));
      var shown = out.toString(UTF_8);
      assertEquals(
          "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"", shown.split(",", 2)[0]);
    }
  }

  @Test
  void aFileOfNoKnownKindIsAnError() throws IOException {
    var unknown = file("x.yaml", "a: 1\n");
    assertEquals(1, run("check", unknown));
    var place = " " + unknown + ":1:1";
    assertEquals(
        List.of(
            "error unknown-key" + place,
            "error missing-key" + place,
            "error missing-key" + place,
            "error missing-key" + place),
        diagnostics());
  }

  @Test
  void applyWithLocalLaysOutTheFilesAndSaysTheirMeasurement() throws IOException {
    Files.createDirectories(work.resolve("lib"));
    file("run", "#!/bin/sh\n");
    var manifest =
        file(
            "service.yaml",
            """
            apiVersion: scone/5.8
            kind: genservice
            build:
              name: x
              kind: sconify_image
              to: local/x:1
              command: /bin/sh run
              pwd: /app
              copy: [run]
            environment:
              local:
              global:
            """);
    assertEquals(0, run("apply", "--local", "-f", manifest), () -> err.toString(UTF_8));
    var shown = new Printed(out.toString(UTF_8)).lines();
    assertEquals("image local/x:1 in " + work + "/target/images/local_x_1", shown.getFirst());
    var hashes = new LinkedHashMap<String, Integer>();
    for (var line : shown.subList(shown.size() - 3, shown.size())) {
      var parts = line.strip().split(": +");
      hashes.put(parts[0], HexFormat.of().parseHex(parts[1]).length);
    }
    assertEquals(Map.of("measurement", 32, "of the image", 32, "of the machine", 32), hashes);
    assertTrue(Files.exists(work.resolve("target/images/local_x_1/root/app/run")));
  }

  @Test
  void anOptionOfApplyThatWouldDoNothingIsMisuse() throws IOException {
    var mesh = EXAMPLES.resolve("hello-env/mesh.yaml").toString();
    var manifest = EXAMPLES.resolve("hello-env/service.yaml").toString();
    var target = work.resolve("made");
    for (var option : List.of("--sbom", "--json", "--no-push", "--sign-key=x")) {
      assertEquals(2, run("apply", "-f", mesh, "-t", target.toString(), option), option);
      assertEquals(
          2, run("apply", "--local", "-f", manifest, "-t", target.toString(), option), option);
    }
    for (var option : List.of("--signed-by=x", "--over=" + "0".repeat(64))) {
      assertEquals(2, run("apply", "-f", manifest, "-t", target.toString(), option), option);
    }
    assertFalse(Files.exists(target));
  }

  @Test
  void aDryRunOfAMeshWritesItsSessionsAndSpeaksToNobody() throws IOException {
    Files.createDirectories(work.resolve("lib"));
    var mesh = EXAMPLES.resolve("hello-env/mesh.yaml").toString();
    assertEquals(
        0,
        run("apply", "--local", "-f", mesh, "--dry-run", "-t", work.resolve("made").toString()),
        () -> err.toString(UTF_8));
    var session = Files.readString(work.resolve("made/sessions/hello-env-hello.yaml"));
    var parsed =
        assertInstanceOf(
            Parsed.Valid.class, SessionParser.read(new SourceFile("made", session)), session);
    var made = (Session) parsed.value();
    assertEquals("hello-env/hello", made.name().value());
    assertTrue(made.services().getFirst().requirements().rules().getFirst().joinToken());
    assertFalse(Files.exists(work.resolve("made/tokens")), "a dry run makes no tokens");
  }

  @Test
  void aFileThatLiesBesideTheMeshByChanceIsSkippedWithAWarning() throws IOException {
    var example = EXAMPLES.resolve("hello-env");
    for (var name : List.of("mesh.yaml", "service.yaml", "print_env.py")) {
      Files.copy(example.resolve(name), work.resolve(name));
    }
    Files.createDirectory(work.resolve("data"));
    Files.write(work.resolve("data/bin.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertEquals(0, run("check", work.resolve("mesh.yaml").toString()), () -> err.toString(UTF_8));
    assertEquals(
        List.of("warning unreadable-file " + work.resolve("data/bin.yaml") + ":1:1"),
        diagnostics());

    // The file is needed, so skipping it leads to an error, and the warning says why.
    Files.write(work.resolve("service.yaml"), new byte[] {(byte) 0xff});
    assertEquals(1, run("check", work.resolve("mesh.yaml").toString()));
    assertEquals(
        List.of(
            "warning unreadable-file " + work.resolve("data/bin.yaml") + ":1:1",
            "error unknown-image " + work.resolve("mesh.yaml") + ":24:12",
            "warning unreadable-file " + work.resolve("service.yaml") + ":1:1"),
        diagnostics());
  }
}
