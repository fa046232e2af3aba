package dev.testudo.policy.session.read;

import dev.testudo.policy.session.IgnoredAdvisory;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the weaknesses that a policy tolerates.
public final class Weaknesses {
  private Weaknesses() {}

  /// Returns the tolerances with the given names and their places. Reports unknown names and those
  /// that are only for tests or never have an effect.
  public static Map<Tolerance, Span> tolerances(List<Text> names, Problems problems) {
    var tolerated = new EnumMap<Tolerance, Span>(Tolerance.class);
    for (var name : names) {
      var tolerance = Tolerance.parse(name.value());
      if (tolerance.isEmpty()) {
        problems.add(Fields.notAmong(name, "`tolerate`", Tolerance.texts()));
      } else {
        tolerated.put(tolerance.get(), name.span());
        check(tolerance.get(), name, problems);
      }
    }
    return tolerated;
  }

  private static void check(Tolerance tolerance, Text name, Problems problems) {
    if (tolerance == Tolerance.TEST_ROOT) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.INSECURE_SETTING, name.span(), "evidence of a test root is accepted")
              .labelled(tolerance.gives())
              .helped("such a service is never shown as hardware attested"));
    } else if (tolerance.concerned().isEmpty()) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.WITHOUT_EFFECT,
                  name.span(),
                  "`%s` has no effect".formatted(tolerance))
              .labelled("it tolerates " + tolerance.gives()));
    }
  }

  /// Returns an advisory of which only the id is written. Reports an invalid one.
  public static IgnoredAdvisory advisory(Text id, Problems problems) {
    check(id, problems);
    return new IgnoredAdvisory(id.value(), Optional.empty(), Optional.empty(), id.span());
  }

  /// Returns the advisories of a list, each an id or a mapping with one.
  public static List<IgnoredAdvisory> advisories(List<YamlNode> nodes, Problems problems) {
    return nodes.stream().flatMap(node -> advisory(node, problems).stream()).toList();
  }

  private static Optional<IgnoredAdvisory> advisory(YamlNode node, Problems problems) {
    if (!(node instanceof Mapping)) {
      return Fields.text(node, "an item of `ignore_advisories`", problems)
          .map(id -> advisory(id, problems));
    }
    var fields = Fields.of(node, SessionKeys.ADVISORY, problems).orElseThrow();
    var id = fields.requiredText("id");
    id.ifPresent(text -> check(text, problems));
    var reason = fields.text("reason").map(Text::value);
    var until =
        fields.text("until").flatMap(day -> PlatformTermsReader.day(day, "`until`", problems));
    fields.noOthers();
    return id.map(text -> new IgnoredAdvisory(text.value(), reason, until, text.span()));
  }

  private static void check(Text id, Problems problems) {
    if (id.value().equals(IgnoredAdvisory.ALL)) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.INSECURE_SETTING, id.span(), "all security advisories are ignored")
              .labelled("including future ones")
              .helped("list the advisories that you have reviewed: `INTEL-SA-00161`"));
    } else if (!id.value().matches("INTEL-SA-[0-9]{5}")) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  id.span(),
                  "`%s` is not the id of an advisory".formatted(id.quotable()))
              .helped("ids look like `INTEL-SA-00161`; `\"*\"` stands for all"));
    }
  }
}
