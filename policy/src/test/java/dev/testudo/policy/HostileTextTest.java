package dev.testudo.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Text designed to be slow is read or refused in bounded time, and random text
/// never causes exceptions.
class HostileTextTest {
  private static final String HEAD = "name: a\nversion: \"0.3\"\n";

  static List<String> texts() {
    var service = HEAD + "services:\n  - name: s\n    command: s\n    environment:\n";
    return List.of(
        service + "      A: \"" + "$$SCONE::a$$".repeat(80_000) + "\"\n",
        service + "      A: \"" + "$$SCONE::".repeat(80_000) + "\"\n",
        service + "      A: \"" + "$A${B".repeat(80_000) + "\"\n",
        service + lines(40_000, "      A: 1\n"),
        service + lines(24_000, "      A%1$d: $$SCONE::b%1$d$$\n"),
        service + "      A: |\n" + lines(40_000, "        $$SCONE::x%d$$\n"),
        HEAD + lines(24_000, "k%d: v\n"),
        HEAD
            + "secrets:\n"
            + lines(7_000, "  - {name: s%1$d, kind: x509-ca, private_key: k, issuer: t%1$d}\n"),
        HEAD + "secrets:\n" + chain(2_000),
        HEAD + "secrets:\n  - {name: a, kind: binary, value: " + "0".repeat(900_000) + "}\n",
        HEAD + "services:\n  - name: s\n    command: " + "a ".repeat(400_000) + "\n",
        "\"" + "\\".repeat(1_000_000),
        "? ".repeat(500_000),
        "{".repeat(1_000_000),
        "- ".repeat(500_000),
        "a: ".repeat(300_000),
        "&a ".repeat(300_000),
        "!".repeat(1_000_000),
        "\n".repeat(1_000_000),
        "%".repeat(1_000_000));
  }

  private static String lines(int count, String format) {
    return IntStream.range(0, count).mapToObj(format::formatted).collect(Collectors.joining());
  }

  /// Returns a chain of certificates, each of which issues the next.
  private static String chain(int length) {
    return IntStream.range(0, length)
        .mapToObj(HostileTextTest::link)
        .collect(Collectors.joining("", "", "  - {name: k, kind: private-key}\n"));
  }

  private static String link(int i) {
    return "  - {name: c%d, kind: x509-ca, private_key: k, issuer: c%d}\n".formatted(i, i + 1);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void isReadOrRefusedInBoundedTime(String text) {
    var source = new SourceFile("hostile.yaml", text);
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          var parsed = SessionParser.read(source, Map.of());
          Diagnostics.render(parsed.diagnostics());
        });
  }

  @Test
  void noiseNeverThrows() {
    Cases.check(
        cases -> {
          var text =
              cases.text(
                  40,
                  "kind: mesh\n",
                  "kind: genservice\n",
                  "name: ",
                  "version: 0.3\n",
                  "services:\n",
                  "  - ",
                  "    ",
                  "secrets:\n",
                  "a",
                  ": ",
                  "\n",
                  "[",
                  "]",
                  "{",
                  "}",
                  ",",
                  "\"",
                  "'",
                  "|\n",
                  "&a ",
                  "*a ",
                  "$$SCONE::",
                  "$$",
                  "{{",
                  "}}",
                  "~",
                  "#",
                  "-",
                  "\t",
                  "\r",
                  "\u0000",
                  "🐢",
                  "\uD800",
                  "env:\n",
                  "build:\n",
                  "policy:\n",
                  "security:\n",
                  "command: ",
                  "image: x\n");
          var source = new SourceFile("noise.yaml", text);
          ManifestKind.of(source);
          for (var parsed :
              List.of(
                  SessionParser.read(source, Map.of("a", "b")),
                  ServiceManifest.read(source),
                  Mesh.read(source),
                  Yaml.read(source))) {
            assertFalse(Diagnostics.render(parsed.diagnostics()).contains("dev.testudo"));
          }
        });
  }
}
