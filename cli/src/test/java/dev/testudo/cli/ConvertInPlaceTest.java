package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `testudo convert --in-place` makes of Kubernetes objects.
class ConvertInPlaceTest extends ConvertRuns {
  private static final Path BOOKSHOP = GOLDEN.resolve("bookshop");
  private static final String KEY = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";

  private Map<String, String> convertInPlace(String... more) throws IOException {
    var words = new ArrayList<>(List.of("--in-place", "--cas", "cas.security:8081"));
    words.addAll(List.of("--cas-key", KEY));
    words.addAll(List.of(more));
    return convert(words.toArray(String[]::new));
  }

  private Map<String, String> bookshop() throws IOException {
    return convertInPlace(
        "-f",
        BOOKSHOP.resolve("in").toString(),
        "--registry",
        "registry.example.org/confidential",
        "--tolerate",
        "software-evidence");
  }

  @Test
  void theBookshopBecomesAMeshAndConfidentialObjects() throws IOException {
    var written = bookshop();
    var report =
        (out.toString(UTF_8) + err.toString(UTF_8))
            .replace(made() + "/", "")
            .replace(BOOKSHOP + "/", "");
    assertEquals(files(BOOKSHOP.resolve("out")), written);
    assertEquals(Files.readString(BOOKSHOP.resolve("report.txt")), report);
    mustPassTheCheck();
  }

  /// Values of variables, files, secrets and arguments of the bookshop.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rapid-orders",
        "Books of the week",
        "I:index.html",
        "correct horse",
        "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5",
        "last-applied-configuration",
        "4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce",
        "/app/api.py",
        "--save",
        "CACHE_HOST",
        "STORE_PASSWORD",
        "testudo.dev/"
      })
  void noValueThatAPolicyHasIsInTheObjects(String value) throws IOException {
    var objects =
        bookshop().entrySet().stream()
            .filter(file -> file.getKey().startsWith("in_place/"))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining());
    assertTrue(objects.contains("kind: StatefulSet"), objects);
    assertFalse(objects.contains(value), objects);
  }

  @Test
  void filesWithSecretsThatStayAreForTheirOwnerAlone() throws IOException {
    bookshop();
    var file = made().resolve("in_place/config.yaml");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void podsWithoutACasAreRefused() throws IOException {
    var input = file("pod.yaml", pod(""));
    assertEquals(2, run("convert", "--in-place", "-f", input, "-o", made().toString()));
    assertFalse(Files.exists(made()));
  }

  @Test
  void theDefaultCasIsTheOneOfThePods() throws IOException {
    var config = Files.createDirectories(work.resolve("config"));
    Files.writeString(
        config.resolve("cas.json"),
        "{\"attested\":[{\"address\":\"cas.default:9000\",\"key_hash\":\"%s\"}]}".formatted(KEY));
    var made = convert("--in-place", "-f", file("pod.yaml", pod("")));
    assertEquals(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: default-cas
        data:
          address: cas.default:9000
          key: %s
        """
            .formatted(KEY),
        made.get("in_place/testudo-cas.yaml"));
  }

  @Test
  void filesOfTheSameNameStayApart() throws IOException {
    var one = Files.createDirectories(work.resolve("one"));
    var two = Files.createDirectories(work.resolve("two"));
    Files.writeString(one.resolve("x.yaml"), pod(""));
    Files.writeString(
        two.resolve("x.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n");
    var made = convertInPlace("-f", one.toString(), "-f", two.toString());
    assertTrue(made.containsKey("in_place/x.yaml"));
    assertEquals(
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: s\n",
        made.get("in_place/x-2.yaml"));
  }

  @Test
  void aSecretThatAnotherObjectNamesByItsKindStays() throws IOException {
    var objects =
        pod("env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: k}}}]")
            + """
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: db}
            stringData: {k: v}
            ---
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: r}
            spec: {valuesFrom: [{kind: Secret, name: db}]}
            """;
    var made = convertInPlace("-f", file("all.yaml", objects));
    var text = made.getOrDefault("in_place/all.yaml", "");
    assertTrue(text.contains("kind: Secret\nmetadata:\n  name: db\n"), text);
  }

  @Test
  void containersOfAPodHaveAgentsOfTheirOwn() throws IOException {
    var pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: both}
        spec:
          containers:
            - {name: a, image: x/a, command: [a], securityContext: {runAsUser: 5}}
            - {name: b, image: x/b, command: [b], securityContext: {runAsUser: 0}}
        """;
    var made = convertInPlace("-f", file("pod.yaml", pod), "--tolerate", "software-evidence");
    var text = made.getOrDefault("in_place/pod.yaml", "");
    var wanted =
        List.of(
            "value: \"8089\"",
            "value: \"8090\"",
            "name: testudo-token-0",
            "name: testudo-token-1",
            "key: both-a.token",
            "key: both-b.token",
            "runAsUser: 5",
            "runAsUser: 0",
            "runAsNonRoot: false");
    assertEquals(List.of(), wanted.stream().filter(line -> !text.contains(line)).toList(), text);
  }

  @Test
  void joinTokensAreOnlyForMeshesThatTolerateSoftwareEvidence() throws IOException {
    var made = convertInPlace("-f", file("pod.yaml", pod("")));
    assertFalse(made.getOrDefault("in_place/pod.yaml", "token").contains("token"));
  }

  @Test
  void aCasThatPodsDoNotReachIsNamed() throws IOException {
    convert("--in-place", "--cas=localhost:8081", "--cas-key", KEY, "-f", file("p.yaml", pod("")));
    var line = "  pods do not reach CAS at localhost:8081; change the address in testudo-cas.yaml";
    assertTrue(out.toString(UTF_8).lines().anyMatch(line::equals), out.toString(UTF_8));
  }

  @Test
  void whatTheChartCannotDoIsNamed() throws IOException {
    var pod =
        pod("livenessProbe: {exec: {command: [x]}}").replace("spec:", "spec:\n  hostNetwork: true");
    convert("-f", file("pod.yaml", pod));
    var lines = out.toString(UTF_8).lines().filter(line -> line.contains("the chart")).toList();
    assertEquals(
        List.of(
            "  Pod p (%s:2:7): the chart makes a Deployment of it"
                .formatted(work.resolve("pod.yaml")),
            "  p: hostNetwork: the chart of the mesh has no value for it",
            "  p: livenessProbe: the chart of the mesh has no value for it"),
        lines);
  }

  @Test
  void anOrderToSconeTdBuildIsNamedByOtherCommands() throws IOException {
    var input = file("scone.yaml", "apiVersion: scone.cloud/v1\nkind: Register\nspec: {}\n");
    assertEquals(1, run("check", input));
    assertEquals(
        "error[unknown-kind]: this is an order to scone-td-build of kind `Register`",
        err.toString(UTF_8).lines().findFirst().orElse(""));
  }

  /// Only the image knows which number a name has, so nothing may say another one.
  @Test
  void aUserThatIsGivenByNameStaysThatOfTheImage() throws IOException {
    var pod = pod("").replace("name: p}", "name: p, annotations: {testudo.dev/user: postgres}}");
    var made = convertInPlace("-f", file("pod.yaml", pod));
    var context =
        made.getOrDefault("in_place/pod.yaml", "").lines().filter(line -> line.contains("runAs"));
    assertEquals(List.of(), context.toList());
    assertTrue(made.getOrDefault("p/service.yaml", "").contains("  user: postgres\n"));
  }

  @Test
  void annotationsThatSteerOnePodSayTheSameAsOptions() throws IOException {
    var pod =
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: p
          annotations:
            testudo.dev/name: q
            testudo.dev/command.c: serve --all
            testudo.dev/generate-secrets: db/password
        spec:
          containers:
            - name: c
              image: x/p
              args: [more]
              env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}]
        """;
    var made = convert("-f", file("pod.yaml", pod));
    var manifest = made.getOrDefault("q/service.yaml", "");
    assertTrue(manifest.contains("  command: \"serve --all more\"\n"), manifest);
    assertTrue(manifest.endsWith("      kind: ascii\n      size: 32\n"), manifest);
    mustPassTheCheck();
  }
}
