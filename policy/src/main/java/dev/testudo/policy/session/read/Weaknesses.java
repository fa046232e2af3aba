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

/// Reads what a policy puts up with.
public final class Weaknesses {
  private Weaknesses() {}

  /// The tolerances with these names; repeated ones count once.
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

  /// Advisory ids; a star is doubtful and reported.
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
                .labelled("also those of tomorrow")
                .helped("list the advisories that you have looked at: `INTEL-SA-00161`"));
      } else if (!name.value().matches("INTEL-SA-[0-9]{5}")) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.INVALID_VALUE,
                    name.span(),
                    "`%s` is not the id of an advisory".formatted(name.value()))
                .helped("ids look like `INTEL-SA-00161`; `\"*\"` stands for all"));
      }
    }
    return ids;
  }
}
