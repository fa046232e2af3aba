package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Reads the weaknesses that a policy tolerates.
public final class Weaknesses {
  private Weaknesses() {}

  /// Returns the tolerances with the given names and reports unknown names.
  public static Set<Tolerance> tolerances(List<Text> names, Problems problems) {
    var tolerated = EnumSet.noneOf(Tolerance.class);
    for (var name : names) {
      Tolerance.parse(name.value())
          .ifPresentOrElse(
              tolerated::add,
              () -> problems.add(Fields.notAmong(name, "`tolerate`", Tolerance.texts())));
    }
    return tolerated;
  }

  /// Returns the given advisory ids. Reports invalid ids, and warns about `*`.
  public static Set<String> advisories(List<Text> names, Problems problems) {
    var ids = new LinkedHashSet<String>();
    for (var name : names) {
      ids.add(name.value());
      if (name.value().equals("*")) {
        problems.add(
            Diagnostic.warning(
                    DiagnosticId.INSECURE_SETTING,
                    name.span(),
                    "all security advisories are ignored")
                .labelled("including future ones")
                .helped("list the advisories that you have reviewed: `INTEL-SA-00161`"));
      } else if (!name.value().matches("INTEL-SA-[0-9]{5}")) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.INVALID_VALUE,
                    name.span(),
                    "`%s` is not the id of an advisory".formatted(name.quotable()))
                .helped("ids look like `INTEL-SA-00161`; `\"*\"` stands for all"));
      }
    }
    return ids;
  }
}
