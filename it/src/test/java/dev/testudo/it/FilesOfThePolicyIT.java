package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.measure.SoftwareMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files that a policy has an agent fill in or mount. Runs as root.
@Timeout(3600)
class FilesOfThePolicyIT {
  private static final Path LIB = Command.ROOT.resolve("dist/target/testudo/lib");
  private static final int INPUT_WRONG = 1;
  private static final String CONFIGURATION =
      """
      user = \u00e4dmin
      password = $$SCONE::password$$
      json = "$$SCONE::quoted|escape(json)$$"
      seed = $$SCONE::seed.hex$$
      me = $$SCONE::self::software_identity$$
      """;

  @TempDir private static Path shared;
  private static RunningCas cas;
  private static int sessions;

  @TempDir private Path folder;
  private Path image;

  @BeforeAll
  static void startCas() throws IOException {
    cas = RunningCas.start(shared.resolve("cas"));
  }

  @AfterAll
  static void stopCas() throws IOException {
    cas.close();
  }

  @BeforeEach
  void makeImage() throws IOException {
    Files.setAttribute(folder, "unix:mode", 0777);
    image = Files.createDirectory(folder.resolve("image"));
    var app = Files.createDirectories(image.resolve("root/testudo-app"));
    Files.writeString(app.resolve("app.conf"), CONFIGURATION);
    Files.writeString(
        image.resolve("image.json"),
        "{\"name\":\"it\",\"files\":[\"%s\"],\"host_paths\":[\"%s\"]}"
            .formatted(Path.of("/bin/sh").toRealPath(), folder));
  }

  private String measurement() throws IOException {
    return SoftwareMeasurement.of(LIB, image).measurement().hex();
  }

  /// Runs a service that writes what it sees of its configuration to `out`.
  private Command run(Path out, String image, String rest) throws IOException {
    var name = "files-it" + (sessions++ == 0 ? "" : "/s" + sessions);
    cas.register(
        """
        name: %s
        version: 0.3.11
        security: {attestation: {tolerate: software-evidence}}
        access_policy: {read: ANY, create_sessions: ANY}
        services:
          - name: program
            image_name: image
            command: [sh, -c, "cat /testudo-app/app.conf > %s; stat -c %%a /testudo-app/app.conf >> %s"]
            environment: {PATH: /usr/bin:/bin}
            attestation: {mrenclave: %s, join_token: required}
        secrets:
          - {name: password, kind: ascii, value: tell-nobody}
          - {name: quoted, kind: ascii, value: 'a"b'}
          - {name: seed, kind: binary, value: 00ff10}
        images:
          - name: image
        %s
        %s
        """
            .formatted(name, out, out, measurement(), image.indent(4), rest));
    var service = name + "/program";
    var token = folder.resolve("token");
    Files.writeString(token, cas.token(service, 1) + "\n");
    Files.setAttribute(token, "unix:mode", 0400);
    return Command.run(Map.of(), cas.agent(service, this.image, "--token-file", token.toString()));
  }

  private static void assertNotStarted(Command ended, Path out, String... named) {
    assertEquals(INPUT_WRONG, ended.exit(), ended.all());
    var lines = ended.err().lines().filter(line -> line.contains("the policy ")).toList();
    assertEquals(1, lines.size(), ended.all());
    for (var one : named) {
      assertTrue(lines.getFirst().contains("`" + one + "`"), ended.all());
    }
    assertFalse(ended.all().contains("tell-nobody"), ended.all());
    assertFalse(Files.exists(out), "the program ran");
  }

  @Test
  void theAgentFillsInAFileOfTheImage() throws IOException {
    var out = folder.resolve("out");
    var file = "injection_files: [{path: /testudo-app/app.conf, permission: 0o444}]";
    var ended = run(out, file, "");
    assertEquals(0, ended.exit(), ended.all());
    assertEquals(
        CONFIGURATION
                .replace("$$SCONE::password$$", "tell-nobody")
                .replace("$$SCONE::quoted|escape(json)$$", "a\\\"b")
                .replace("$$SCONE::seed.hex$$", "00ff10")
                .replace("$$SCONE::self::software_identity$$", measurement())
            + "444\n",
        Files.readString(out));
    assertEquals(
        CONFIGURATION, Files.readString(image.resolve("root/testudo-app/app.conf")), "on disk");
  }

  @Test
  void aFileUsesOnlyTheSecretsThatThePolicyProvides() throws IOException {
    var out = folder.resolve("out");
    var file = "injection_files: /testudo-app/app.conf\nprovide_secrets: [quoted, seed]";
    assertNotStarted(run(out, file, ""), out, "password");
    var last = cas.audit().getLast();
    assertEquals("[\"quoted\",\"seed\"]", last.path("secrets").toString(), last::toString);
  }

  @Test
  void aFileThatTheImageDoesNotHaveIsNotFilledIn() throws IOException {
    var out = folder.resolve("out");
    assertNotStarted(run(out, "injection_files: /etc/hostname", ""), out, "/etc/hostname");
  }

  @Test
  void aProgramWhoseVolumeHasNoDirectoryIsNotStarted() throws IOException {
    var out = folder.resolve("out");
    var mount = "volumes: [{name: data, path: /data}]";
    var ended = run(out, mount, "volumes: [{name: data}]");
    assertEquals(INPUT_WRONG, ended.exit(), ended.all());
    var reason =
        "volume `data` has no directory at `/data`: mount one there, for example a PersistentVolume";
    assertTrue(ended.err().lines().anyMatch(line -> line.endsWith(reason)), ended.all());
    assertFalse(ended.all().contains("tell-nobody"), ended.all());
    assertFalse(Files.exists(out), "the program ran");
    assertEquals("attested", cas.audit().getLast().path("event").asText());
  }
}
