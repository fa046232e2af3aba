package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.source.DiagnosticId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
    var shown = err.toString(UTF_8);
    assertTrue(shown.contains("error[unknown-key]"), shown);
    assertTrue(shown.contains("error[missing-key]"), shown);
    assertTrue(shown.stripTrailing().endsWith("errors"), shown);
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void scriptsGetTheSameAsJson() throws IOException {
    var service = file("service.yaml", "apiVersion: scone/5.8\nkind: genservice\nbiuld: {}\n");
    assertEquals(1, run("check", "--json", service));
    var json = out.toString(UTF_8);
    assertTrue(json.startsWith("{\"diagnostics\":[{\"id\":\""), json);
    assertTrue(json.contains("\"file\":\"" + service + "\",\"line\":3,\"column\":1"), json);
    assertEquals("", err.toString(UTF_8));
  }

  @Test
  void variablesOfASessionComeFromTheCommandLine() throws IOException {
    var session = file("session.yaml", "name: $NAME\nversion: \"0.3\"\n");
    assertEquals(1, run("check", session));
    assertTrue(err.toString(UTF_8).contains("NAME"), err.toString(UTF_8));
    assertEquals(0, run("check", "-e", "NAME=shop", session), () -> err.toString(UTF_8));
    assertEquals(0, run("session", "check", "-e", "NAME=shop", session));
    assertEquals("name: shop\nversion: \"0.3\"\n", out.toString(UTF_8));
  }

  @Test
  void aFileOfNoKnownKindIsAnError() throws IOException {
    assertEquals(1, run("check", file("x.yaml", "a: 1\n")));
    assertTrue(err.toString(UTF_8).contains("error["), err.toString(UTF_8));
  }

  @Test
  void applyMakesAnImageAndSaysItsMeasurement() throws IOException {
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
    assertEquals(0, run("apply", "-f", manifest), () -> err.toString(UTF_8));
    var shown = out.toString(UTF_8);
    assertTrue(
        shown.startsWith("image local/x:1 in " + work + "/target/images/local_x_1\n"), shown);
    assertTrue(
        shown.matches(
            "(?s).*measurement:  [0-9a-f]{64}\n.*of the image: +[0-9a-f]{64}\n.*of the machine: [0-9a-f]{64}\n"),
        shown);
    assertTrue(Files.exists(work.resolve("target/images/local_x_1/root/app/run")));
  }

  @Test
  void aDryRunOfAMeshWritesItsSessionsAndSpeaksToNobody() throws IOException {
    Files.createDirectories(work.resolve("lib"));
    var mesh = EXAMPLES.resolve("hello-env/mesh.yaml").toString();
    assertEquals(
        0,
        run("apply", "-f", mesh, "--dry-run", "-t", work.resolve("made").toString()),
        () -> err.toString(UTF_8));
    var session = Files.readString(work.resolve("made/sessions/hello-env-hello.yaml"));
    assertTrue(session.startsWith("name: hello-env/hello\n"), session);
    assertTrue(session.contains("join_token: required"), session);
    assertFalse(Files.exists(work.resolve("made/tokens")), "a dry run makes no tokens");
  }

  @Test
  void aFileThatLiesBesideTheMeshByChanceIsSkippedWithAWarning() throws IOException {
    var example = EXAMPLES.resolve("hello-env");
    for (var name : java.util.List.of("mesh.yaml", "service.yaml", "print_env.py")) {
      Files.copy(example.resolve(name), work.resolve(name));
    }
    Files.createDirectory(work.resolve("data"));
    Files.write(work.resolve("data/bin.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertEquals(0, run("check", work.resolve("mesh.yaml").toString()), () -> err.toString(UTF_8));
    assertTrue(
        err.toString(UTF_8).contains("warning[unreadable-file]: skipped: "), err.toString(UTF_8));
    assertTrue(err.toString(UTF_8).contains("bin.yaml is not UTF-8"), err.toString(UTF_8));

    // Where it is needed its absence is an error, and the warning says why.
    Files.write(work.resolve("service.yaml"), new byte[] {(byte) 0xff});
    assertEquals(1, run("check", work.resolve("mesh.yaml").toString()));
    assertTrue(err.toString(UTF_8).contains("error[unknown-image]"), err.toString(UTF_8));
    assertTrue(err.toString(UTF_8).contains("service.yaml is not UTF-8"), err.toString(UTF_8));
  }

  @ParameterizedTest
  @EnumSource(DiagnosticId.class)
  void everyDiagnosticIsExplained(DiagnosticId id) {
    assertEquals(0, run("explain", id.text()), () -> err.toString(UTF_8));
    assertTrue(out.toString(UTF_8).startsWith("# " + id.text() + "\n"), out.toString(UTF_8));
  }

  @Test
  void anUnknownDiagnosticIsAnErrorWithASuggestion() {
    assertEquals(1, run("explain", "unknown-secrt"));
    assertEquals(
        "testudo: there is no diagnostic `unknown-secrt`; did you mean `unknown-secret`?\n",
        err.toString(UTF_8));
  }
}
