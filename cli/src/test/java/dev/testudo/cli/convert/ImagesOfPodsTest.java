package dev.testudo.cli.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.convert.Conversion.Choices;
import dev.testudo.cli.convert.Conversion.Target;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How what an image says and what a pod says become one command line and one environment
/// (Kubernetes, "Define a Command and Arguments for a Container").
class ImagesOfPodsTest {
  private static ContainerConfig image(List<String> entrypoint, List<String> command) {
    return new ContainerConfig(
        entrypoint,
        command,
        List.of("PATH=/opt/bin", "MODE=slow", "NODE=none", "ODD={{x}}"),
        "70:71",
        "/srv",
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  private static Parsed<Conversion> convert(ContainerConfig image, String pod) {
    var text =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec: {containers: [{name: c, image: "example/p:1", %s}]}
        """
            .formatted(pod);
    var choices =
        new Choices(
            new Target("localhost", Optional.empty(), List.of()),
            Map.of(),
            Set.of(),
            Set.of(),
            Map.of("example/p:1", image),
            Optional.empty());
    return Conversion.of(List.of(new SourceFile("pod.yaml", text)), choices);
  }

  private static String manifest(ContainerConfig image, String pod) {
    return switch (convert(image, pod)) {
      case Parsed.Valid<Conversion>(var conversion, _) -> conversion.files().get(1).text();
      case Parsed.Invalid<Conversion>(var problems) -> throw new AssertionError(problems);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: 1              | start --all $(MODE) now",
        "args: [a]         | start --all a",
        "command: [b]      | b",
        "command: [b], args: [a] | b a",
        "command: [], args: [] | start --all $(MODE) now"
      })
  void thePodTakesPrecedenceAsInKubernetes(String pod, String command) {
    var image = image(List.of("start", "--all"), List.of("$(MODE)", "now"));
    var lines = manifest(image, pod).lines().filter(line -> line.startsWith("  command: "));
    assertEquals(
        List.of("  command: " + command), lines.map(line -> line.replace("\"", "")).toList());
  }

  @Test
  void variablesOfThePodAreOverThoseOfTheImage() {
    var pod =
        "args: [$(MODE)], env: [{name: MODE, value: fast}, {name: NODE, valueFrom: {fieldRef:"
            + " {fieldPath: spec.nodeName}}}]";
    assertEquals(
        """
          command: start fast
          pwd: /srv
        environment:
          local:
            - name: PATH
              value: /opt/bin
            - name: MODE
              value: fast
            - name: ODD
              value: "{% raw %}{{{% endraw %}x}}"
            - name: "\\\\@\\\\@NODE"
              value: ""
        """,
        manifest(image(List.of("start"), List.of()), pod)
            .replaceFirst("(?s)^.*?(?=  command:)", ""));
  }

  @Test
  void anImageWithoutAProgramIsReported() {
    var found = convert(image(List.of(), List.of()), "x: 1").diagnostics();
    assertEquals(List.of(DiagnosticId.MISSING_KEY), found.stream().map(Diagnostic::id).toList());
    assertTrue(found.getFirst().isError());
  }

  @Test
  void theUserOfTheImageIsTheOneOfTheChart() {
    var image = image(List.of("start"), List.of());
    var mesh =
        switch (convert(image, "x: 1")) {
          case Parsed.Valid<Conversion>(var conversion, _) -> conversion.files().getFirst().text();
          case Parsed.Invalid<Conversion>(var problems) -> throw new AssertionError(problems);
        };
    assertEquals(
        """
        helm_extra_values:
          p:
            podSecurityContext:
              runAsUser: 70
              runAsGroup: 71
              fsGroup: 71
        """,
        mesh.replaceFirst("(?s)^.*?(?=helm_extra_values)", ""));
  }
}
