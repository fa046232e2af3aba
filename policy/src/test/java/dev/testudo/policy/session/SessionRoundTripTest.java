package dev.testudo.policy.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.Cases;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SessionTemplate;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A session that is read and printed again says the same, whatever characters its names and values
/// consist of.
class SessionRoundTripTest {
  private static final String HASH = "4".repeat(64);

  /// Pieces of values that one layer or another might take for its own notation.
  private static final String[] VALUES = {
    "a",
    "A",
    " ",
    "é",
    "🐢",
    "\n",
    "\t",
    "'",
    "\"",
    "\\",
    ": ",
    "#",
    "- ",
    "{",
    "}",
    "[",
    "&x",
    "*x",
    "!x",
    "%2f",
    "%00",
    "..",
    "~",
    "null",
    "true",
    "0x1f",
    "1e3",
    "$",
    "$A",
    "${A}",
    "$$",
    "{{a}}",
    "$$SCONE::s$$",
    "\u0085",
    "\u2028",
    "\uFEFF",
    "|escape(json)"
  };

  @Test
  void readPrintReadIsStable() {
    Cases.check(
        cases -> {
          var session = session(cases);
          var first = YamlWriter.write(session);
          var second = YamlWriter.write(root(first).plain());
          assertEquals(first, second);
          assertEquals(meaning(read(first)), meaning(read(second)));
        });
  }

  /// A value replaces a variable once: what looks like a variable or a placeholder in it stays.
  @Test
  void valuesOfVariablesAreNotExpandedAgain() {
    Cases.check(
        cases -> {
          var value = cases.text(6, VALUES).replace("$$SCONE::s$$", "$B");
          var text = "name: a\nversion: 0.3.10\nservices:\n  - name: s\n    pwd: \"x${V}y\"\n";
          var source = new SourceFile("s.yaml", text);
          var filled =
              SessionTemplate.expand(source, Map.of("V", value, "A", "WRONG", "B", "WRONG"));
          var sent = ((Parsed.Valid<SourceFile>) filled).value().text();
          assertEquals("x" + value + "y", pwd(root(sent)));
        });
  }

  /// An inserted secret is not scanned for placeholders.
  @Test
  void valuesOfSecretsAreNotExpandedAgain() {
    var session = read(YamlWriter.write(session("a", Map.of("V", "<$$SCONE::s$$>"))));
    var template = session.services().getFirst().launch().templates().getLast();
    var value = "$$SCONE::s$$$A{{b}}";
    assertEquals("<" + value + ">", template.expand(_ -> value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a//b",
        "/a",
        "a/",
        "a/../b",
        "..",
        ".",
        "a/.",
        "a%2fb",
        "a\u0000b",
        "a b",
        "é",
        "a\nb",
        "",
        "a\\b",
        "ａ",
        "a/\u202Eb"
      })
  void namesAreNotTakenForOthers(String name) {
    assertEquals(Optional.empty(), SessionName.parse(name));
    assertFalse(SessionName.isSegment(name));
    var read =
        SessionParser.read(new SourceFile("s.yaml", YamlWriter.write(session(name, Map.of()))));
    assertInstanceOf(Parsed.Invalid.class, read);
  }

  @Test
  void upperAndLowerCaseAreDifferentNames() {
    var session = session("App/web", Map.of("V", "", "v", ""));
    assertEquals("App/web", read(YamlWriter.write(session)).name().value());
    assertEquals(
        2, read(YamlWriter.write(session)).services().getFirst().launch().environment().size());
    assertTrue(SessionName.parse("App/web").isPresent());
    assertFalse(new SessionName("App/web").isWithin(new SessionName("app")));
  }

  private static Map<String, Object> session(String name, Map<String, String> environment) {
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("name", "s");
    service.put("command", List.of("prog"));
    service.put("environment", environment);
    service.put("attestation", List.of(Map.of("mrenclave", HASH)));
    Map<String, Object> session = new LinkedHashMap<>();
    session.put("name", name);
    session.put("version", "0.3.10");
    session.put("services", List.of(service));
    session.put("secrets", List.of(Map.of("name", "s", "kind", "ascii")));
    return session;
  }

  private static Map<String, Object> session(Cases cases) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (var i = cases.below(4); i > 0; i--) {
      environment.put("V" + cases.text(3, VALUES).replace("=", ""), cases.text(6, VALUES));
    }
    var name = cases.name() + cases.oneOf("", "/" + cases.name(), "/x.y-z~_/" + cases.name());
    var session = session(name, environment);
    List<Object> files = new ArrayList<>();
    for (var i = cases.below(3); i > 0; i--) {
      files.add(
          Map.of(
              "path",
              "/f" + i + cases.text(3, "é", "-", ".x", " ", "%2f"),
              "content",
              cases.text(8, VALUES)));
    }
    session.put(
        "images", List.of(Map.of("name", "i" + cases.text(3, VALUES), "injection_files", files)));
    return session;
  }

  private static YamlNode root(String yaml) {
    return switch (Yaml.read(new SourceFile("s.yaml", yaml))) {
      case Parsed.Valid<YamlNode>(var root, _) -> root;
      case Parsed.Invalid<YamlNode>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  private static String pwd(YamlNode root) {
    var services = ((YamlNode.Mapping) root).entry("services").orElseThrow().value();
    var service = (YamlNode.Mapping) ((YamlNode.Sequence) services).items().getFirst();
    return ((YamlNode.Scalar) service.entry("pwd").orElseThrow().value()).text();
  }

  private static Session read(String yaml) {
    return switch (SessionParser.read(new SourceFile("s.yaml", yaml))) {
      case Parsed.Valid<Session>(var session, _) -> session;
      case Parsed.Invalid<Session>(var problems) ->
          throw new AssertionError(yaml + Diagnostics.render(problems));
    };
  }

  /// Returns what a session says, without places.
  private static List<Object> meaning(Session session) {
    var service = session.services().getFirst();
    List<Object> all = new ArrayList<>(List.of(session.name(), service.name()));
    all.add(List.copyOf(service.launch().environment().keySet()));
    service.launch().templates().forEach(template -> all.add(text(template)));
    for (var image : session.images()) {
      all.add(image.name());
      image.files().forEach(file -> all.add(file.path() + text(file.content().orElseThrow())));
    }
    return all;
  }

  private static String text(RuntimeTemplate template) {
    return template.expand(placeholder -> "<" + placeholder.secret() + ">");
  }
}
