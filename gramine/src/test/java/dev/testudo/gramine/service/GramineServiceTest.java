package dev.testudo.gramine.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.gramine.manifest.FolderKey;
import dev.testudo.gramine.service.GramineService.FixedFile;
import dev.testudo.gramine.service.GramineService.KeptFolder;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GramineServiceTest {
  private static final String HEAD =
      """
      apiVersion: scone/5.8
      kind: genservice
      """;

  private static Parsed<GramineService> read(String manifest, FolderKey... key) {
    return ServiceManifest.read(new SourceFile("service.yaml", HEAD + manifest))
        .then(read -> GramineService.of(read, List.of(key).stream().findFirst()));
  }

  private static GramineService service(String manifest, FolderKey... key) {
    return switch (read(manifest, key)) {
      case Parsed.Valid<GramineService>(var service, _) -> service;
      case Parsed.Invalid<GramineService>(var problems) ->
          throw new AssertionError(problems.toString());
    };
  }

  /// Returns the places of all errors, each of which must be of one kind.
  private static List<String> refused(String manifest, FolderKey... key) {
    var parsed = read(manifest, key);
    assertTrue(parsed instanceof Parsed.Invalid<GramineService>);
    return parsed.diagnostics().stream()
        .filter(Diagnostic::isError)
        .peek(error -> assertEquals(DiagnosticId.NOT_UNDER_GRAMINE, error.id(), error.message()))
        .map(error -> error.span().place())
        .distinct()
        .toList();
  }

  @Test
  void whatNeedsNoAgentIsTakenOver() {
    var service =
        service(
            """
            build: {name: api, kind: python, to: "api:1", command: "python3 -c 'a b' {{port}}", pwd: /srv}
            environment:
              local: [{name: MODE, value: plain}, {name: SCONE_HEAP, value: 1G}]
              global: [{name: port, value: "80"}]
            injection_files: [{path: /etc/api.conf, content: "port = {{port}}", permission: "0o440"}]
            """);
    assertEquals(
        List.of("python3", "-c", "a b", "80"),
        service.command().stream().map(Text::value).toList());
    assertEquals(Optional.of("/srv"), service.directory());
    assertEquals(Map.of("MODE", "plain", "port", "80"), service.environment());
    assertEquals(List.of(new FixedFile("/etc/api.conf", "port = 80", 0440)), service.files());
    assertEquals(List.of(), service.folders());
  }

  @Test
  void everythingThatNeedsAnAgentIsRefusedAtItsPlaceAtOnce() {
    assertEquals(
        List.of(
            "service.yaml:7:17",
            "service.yaml:13:30",
            "service.yaml:14:18",
            "service.yaml:15:18",
            "service.yaml:21:24",
            "service.yaml:8:10",
            "service.yaml:9:13",
            "service.yaml:10:12",
            "service.yaml:11:16"),
        refused(
            """
            build:
              name: api
              kind: python
              to: "api:1"
              command: "api $$SCONE::password$$"
              dirs: [/srv/secret]
              fs_dirs: [/srv/fixed]
              plains: [/srv/plain]
              host_paths: [/etc/localtime]
            environment:
              local: [{name: P, value: "a$$SCONE::password$$b"},
                      {name: SCONE_NETWORK_SHIELD, value: protected},
                      {name: SCONE_NETWORK_SHIELD_CLIENT_1, value: protected}]
            secrets:
              global:
                - {name: password, kind: ascii, size: 16}
            injection_files:
              - path: /etc/api.conf
                content: "a: b\\nc: $$SCONE::password$$"
            """));
  }

  @Test
  void aSecretThatNothingUsesIsAWarning() {
    var parsed =
        read(
            """
            build: {name: api, kind: python, to: "api:1", command: api}
            secrets: {global: [{name: password, kind: ascii, size: 16}], import: [other]}
            """);
    assertTrue(parsed instanceof Parsed.Valid<GramineService>);
    assertEquals(
        List.of(DiagnosticId.NOT_UNDER_GRAMINE, DiagnosticId.NOT_UNDER_GRAMINE),
        parsed.diagnostics().stream().map(Diagnostic::id).toList());
  }

  @Test
  void aMisspelledVariableOfTheShieldIsNoVariableOfTheProgram() {
    var parsed =
        read(
            """
            build: {name: api, kind: python, to: "api:1", command: api}
            environment: {local: [{name: SCONE_NETWORK_SHILD, value: protected}]}
            """);
    assertTrue(parsed instanceof Parsed.Invalid<GramineService>);
    assertEquals(
        List.of(DiagnosticId.UNKNOWN_SHIELD_VARIABLE),
        parsed.diagnostics().stream().map(Diagnostic::id).toList());
  }

  private static final String VOLUME =
      """
      build:
        name: api
        kind: python
        to: "api:1"
        command: api
        volumes: [{name: data, path: /data, update_policy: %s}]
      """;

  @Test
  void aVolumeNeedsAKeyThatTheUserAcceptsAndNoProtectionFromOldStates() {
    assertEquals(1, refused(VOLUME.formatted("no_rollback_protection")).size());
    assertEquals(1, refused(VOLUME.formatted("rollback_protected"), FolderKey.MRSIGNER).size());
    assertEquals(1, refused(VOLUME.formatted("ephemeral"), FolderKey.MRSIGNER).size());
    assertEquals(
        List.of(new KeptFolder("data", "/data", FolderKey.MRENCLAVE)),
        service(VOLUME.formatted("no_rollback_protection"), FolderKey.MRENCLAVE).folders());
  }

  @Test
  void aVolumeOfAnotherSessionIsRefused() {
    assertEquals(
        1,
        refused(
                """
                build:
                  name: api
                  kind: python
                  to: "api:1"
                  command: api
                  volumes:
                    - name: data
                      path: /data
                      update_policy: no_rollback_protection
                      import: {session: other/db, volume: data}
                """,
                FolderKey.MRSIGNER)
            .size());
  }

  @Test
  void aValueThatOnlyAMeshHasIsReported() {
    var parsed =
        read(
            """
            build: {name: api, kind: python, to: "api:1", command: "api {{x}}"}
            environment: {global: [{name: x}]}
            """);
    assertEquals(
        List.of(DiagnosticId.MISSING_VALUE, DiagnosticId.MISSING_VALUE),
        parsed.diagnostics().stream().map(Diagnostic::id).toList());
  }

  @Test
  void theContentOfAFileIsNotPrinted() {
    assertEquals("FixedFile[/a]", new FixedFile("/a", "content", 0400).toString());
  }
}
