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
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `testudo convert` makes of Kubernetes objects, and what it says of those that are wrong.
class ConvertCommandTest extends ConvertRuns {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");

  @Test
  void theShopBecomesAMeshThatPassesTheCheck() throws IOException {
    var shop = GOLDEN.resolve("shop");
    var made =
        convert(
            "-f",
            shop.resolve("in").toString(),
            "--registry",
            "registry.example.org/confidential",
            "--command",
            "cache=redis-server",
            "--plain-volumes",
            "data");
    var report =
        (out.toString(UTF_8) + err.toString(UTF_8))
            .replace(made() + "/", "")
            .replace(shop + "/", "");
    assertEquals(files(shop.resolve("out")), made);
    assertEquals(Files.readString(shop.resolve("report.txt")), report);
    mustPassTheCheck();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"commands", "references", "connections", "shapes", "secret", "annotations"})
  void everyMistakeIsShownAtItsPlaceAndNothingIsWritten(String name) throws IOException {
    var input = GOLDEN.resolve("misuse/" + name + ".yaml");
    assertEquals(1, run("convert", "-f", input.toString(), "-o", made().toString()));
    assertEquals(
        Files.readString(GOLDEN.resolve("misuse/" + name + ".expected")),
        err.toString(UTF_8).replace(input.getParent() + "/", ""));
    assertFalse(Files.exists(made()));
  }

  @Test
  void valuesOfSecretsAreInFilesForTheirOwnerAloneAndAreNeverPrinted() throws IOException {
    convert(
        "-f",
        GOLDEN.resolve("shop/in").toString(),
        "--command",
        "cache=redis-server",
        "--plain-volumes",
        "data");
    var secrets = made().resolve("api/secrets.yaml");
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets)));
    assertFalse((out.toString(UTF_8) + err.toString(UTF_8)).contains("correct horse"));
    assertFalse(Files.readString(made().resolve("api/service.yaml")).contains("correct horse"));
  }

  @Test
  void generatedSecretsHaveNoValueAnywhereAndNeedNoSecretObject() throws IOException {
    var pod = pod("env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}]");
    var made = convert("-f", file("pod.yaml", pod), "--generate-secrets", "db/password");
    assertFalse(made.containsKey("p/secrets.yaml"));
    assertTrue(
        made.getOrDefault("p/service.yaml", "")
            .endsWith(
                """
                secrets:
                  global:
                    - name: db_password
                      kind: ascii
                      size: 32
                """));
    mustPassTheCheck();
  }

  @Test
  void wordsOfTheCommandStayTheSameWords() throws IOException {
    var made = convert("-f", file("pod.yaml", pod("args: ['', $$(X), '$(Y)', '{{z}}']")));
    var command =
        made.getOrDefault("p/service.yaml", "").lines().filter(l -> l.contains("command:"));
    assertEquals(
        List.of(
            "  command: \"sh -c 'echo '\\\"'\\\"'a b'\\\"'\\\"' \\\"c\\\"' '' $(X) $(Y)"
                + " '{% raw %}{{{% endraw %}z}}'\""),
        command.toList());
    mustPassTheCheck();
  }

  @Test
  void aPlaceholderOfAManifestCannotComeFromATextOfKubernetes() throws IOException {
    var input = file("pod.yaml", pod("args: ['$$$$SCONE::password$$$$']"));
    assertEquals(1, run("convert", "-f", input, "-o", made().toString()));
    assertEquals(
        List.of("error[malformed-placeholder]"),
        err.toString(UTF_8)
            .lines()
            .filter(l -> l.startsWith("error"))
            .map(l -> l.replaceFirst(":.*", ""))
            .toList());
  }

  @Test
  void standardInputIsReadAsKubectlPrintsIt() throws IOException {
    var list =
        """
        apiVersion: v1
        kind: List
        items:
          - apiVersion: v1
            kind: Pod
            metadata:
              name: owned
              ownerReferences: [{kind: ReplicaSet, name: x}]
            spec: {containers: []}
          - apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec: {containers: [{name: c, image: "example/p", command: [run]}]}
            status: {phase: Running}
        """;
    assertEquals(
        0, runWith(list, "convert", "-f", "-", "-o", made().toString()), () -> err.toString(UTF_8));
    assertEquals(List.of("mesh.yaml", "p/service.yaml"), List.copyOf(files(made()).keySet()));
    mustPassTheCheck();
  }

  @Test
  void withoutNetworkPoliciesNothingIsGuessed() throws IOException {
    var service =
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: s}
        spec: {ports: [{port: 80, targetPort: 8080}]}
        """;
    var made = convert("-f", file("all.yaml", pod("ports: []") + service));
    assertFalse(made.getOrDefault("mesh.yaml", "connects").contains("connects"));
    assertTrue(out.toString(UTF_8).lines().anyMatch("    Service s: 80"::equals));
  }

  @Test
  void anEdgeNeedsTheConsentOfBothEnds() throws IOException {
    var objects =
        deployment("a")
            + deployment("b")
            + deployment("c")
            + policy("in", "b", "ingress: [{from: [{podSelector: {}}], ports: [{port: 1}]}]")
            + policy(
                "out",
                "a",
                "policyTypes: [Egress]\n  egress: [{to: [{podSelector: {matchLabels: {app: c}}}],"
                    + " ports: [{port: 2}]}]");
    var made = convert("-f", file("all.yaml", objects));
    assertEquals(
        """
        services:
          - image: localhost/a:latest
            name: a
            connects:
              - c:2
          - image: localhost/b:latest
            name: b
            connects: []
          - image: localhost/c:latest
            name: c
            connects:
              - b:1
        """,
        made.getOrDefault("mesh.yaml", "")
            .replaceFirst("(?s)^.*(?=services:)", "")
            .replaceFirst("(?s)helm_extra_values.*", ""));
    mustPassTheCheck();
  }

  private static String deployment(String name) {
    return """
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s}
    spec:
      template:
        metadata: {labels: {app: %1$s}}
        spec: {containers: [{name: c, image: "example/%1$s", command: [run]}]}
    """
        .formatted(name);
  }

  private static String policy(String name, String app, String rules) {
    return """
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: %s}
    spec:
      podSelector: {matchLabels: {app: %s}}
      %s
    """
        .formatted(name, app, rules);
  }

  @Test
  void anExistingDirectoryIsNotChanged() throws IOException {
    Files.createDirectories(made());
    Files.writeString(made().resolve("mine"), "mine");
    assertEquals(1, run("convert", "-f", file("p.yaml", pod("")), "-o", made().toString()));
    assertEquals(Map.of("mine", "mine"), files(made()));
  }

  @Test
  void aliasesThatMultiplyAreStopped() throws IOException {
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (var i = 1; i < 9; i++) {
      bomb.append("a%1$d: &a%1$d [%2$s]\n".formatted(i, ("*a" + (i - 1) + ", ").repeat(9)));
    }
    var input = file("bomb.yaml", "apiVersion: v1\nkind: ConfigMap\n" + bomb);
    assertEquals(1, run("convert", "-f", input, "-o", made().toString()));
    assertTrue(err.toString(UTF_8).startsWith("error[yaml-limit]"), () -> err.toString(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "apply -f", "session check"})
  void otherCommandsNameTheKindAndTheCommandThatReadsIt(String command) throws IOException {
    var input = file("pod.yaml", pod("") + deployment("a"));
    var words = new ArrayList<>(List.of(command.split(" ")));
    words.add(input);
    assertEquals(1, run(words.toArray(String[]::new)));
    assertEquals(
        """
        error[unknown-kind]: this is a Kubernetes object of kind `Pod`
         --> %1$s:2:7
          |
        2 | kind: Pod
          |       ^^^
          = help: `testudo convert -f %1$s` reads it
        """
            .formatted(input),
        err.toString(UTF_8).replaceFirst("(?s)\n\n.*", "\n"));
  }

  @Test
  void thousandsOfEmptyDocumentsAreSkippedAndTheLinesStayRight() throws IOException {
    var pod = pod("").replace("name: p}", "name: P}");
    var input = file("many.yaml", "---\n".repeat(200_000) + pod);
    assertEquals(1, run("convert", "-f", input, "-o", made().toString()));
    assertEquals(
        List.of("--> %s:200003:18".formatted(input)),
        err.toString(UTF_8).lines().map(String::strip).filter(l -> l.startsWith("-->")).toList());
  }

  @Test
  void tooManyDocumentsAreRefused() throws IOException {
    var text = new StringBuilder();
    for (var i = 0; i <= 10_000; i++) {
      text.append("---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c%d}}\n".formatted(i));
    }
    var input = file("many.yaml", text.toString());
    assertEquals(1, run("convert", "-f", input, "-o", made().toString()));
    assertTrue(err.toString(UTF_8).startsWith("error[yaml-limit]"), () -> err.toString(UTF_8));
    assertFalse(Files.exists(made()));
  }

  @Test
  void aFolderInTheFolderIsNotRead() throws IOException {
    var folder = Files.createDirectories(work.resolve("in"));
    Files.createDirectories(folder.resolve("more.yaml"));
    Files.writeString(folder.resolve("pod.yaml"), pod(""));
    assertEquals(Set.of("mesh.yaml", "p/service.yaml"), convert("-f", folder.toString()).keySet());
  }

  @Test
  @Timeout(30)
  void aPipeInTheFolderIsRefusedWithoutWaitingForIt() throws Exception {
    var folder = Files.createDirectories(work.resolve("in"));
    Files.writeString(folder.resolve("pod.yaml"), pod(""));
    var pipe = folder.resolve("pipe.yaml").toString();
    assertEquals(0, new ProcessBuilder("mkfifo", pipe).start().waitFor());
    assertEquals(1, run("convert", "-f", folder.toString(), "-o", made().toString()));
    assertEquals("testudo: %s is not a regular file\n".formatted(pipe), err.toString(UTF_8));
    assertFalse(Files.exists(made()));
  }

  static List<String> impossibleNames() {
    return List.of("mesh.yaml", "a".repeat(129));
  }

  @ParameterizedTest
  @MethodSource("impossibleNames")
  void aNameThatNoServiceCanHaveIsReported(String name) throws IOException {
    var input = file("pod.yaml", pod("").replace("name: p}", "name: %s}".formatted(name)));
    assertEquals(1, run("convert", "-f", input, "-o", made().toString()));
    assertEquals(
        "error[invalid-name]: a service cannot have the name `%s`".formatted(name),
        err.toString(UTF_8).lines().findFirst().orElse(""));
  }

  @Test
  void optionsThatAreForNothingAreNamed() throws IOException {
    convert("-f", file("pod.yaml", pod("")), "--command", "other=run", "--plain-volumes", "data");
    var lines = out.toString(UTF_8).lines().filter(line -> line.startsWith("  --")).toList();
    assertEquals(
        List.of(
            "  --command other: no service has this name",
            "  --plain-volumes data: no pod mounts such a volume"),
        lines);
    var unread = file("p.yaml", pod(""));
    assertEquals(
        2,
        run(
            "convert",
            "-f",
            unread,
            "-o",
            work.resolve("other").toString(),
            "--insecure",
            "localhost:5000"));
  }

  @Test
  void theExampleOfThePageIsConvertedAsThePageSays() throws IOException {
    var page = Files.readString(Path.of("../docs/migrating-from-kubernetes.md"));
    var blocks = BLOCK.matcher(page).results().map(block -> block.group(1)).toList();
    var made =
        convert(
            "-f",
            file("notes.yaml", blocks.getFirst()),
            "--registry",
            "registry.example.org/notes");
    assertEquals(
        blocks.subList(1, 4),
        List.of(
            made.getOrDefault("mesh.yaml", ""),
            made.getOrDefault("notes/service.yaml", ""),
            made.getOrDefault("store/service.yaml", "")));
    mustPassTheCheck();
  }
}
