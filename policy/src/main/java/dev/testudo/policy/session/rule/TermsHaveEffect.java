package dev.testudo.policy.session.rule;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.session.Security.AttestationMode;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Finds what a session says of platforms that no evidence for its services can come from: each
/// rule is for certain kinds of evidence.
final class TermsHaveEffect {
  private static final Set<Isolation> INTEL = EnumSet.of(Isolation.SGX, Isolation.TDX);

  private TermsHaveEffect() {}

  static void check(Session session, Problems problems) {
    var rules =
        session.services().stream()
            .flatMap(service -> service.requirements().rules().stream())
            .toList();
    if (session.security().mode() == AttestationMode.NONE
        || !session.open().isEmpty()
        || rules.isEmpty()) {
      return;
    }
    var kinds = kinds(rules);
    var terms = session.security().platform();
    terms
        .tolerated()
        .forEach(
            (word, span) -> check(word.concerned(), "`%s`".formatted(word), span, kinds, problems));
    terms.ignored().forEach(item -> check(INTEL, "this advisory", item.span(), kinds, problems));
    terms
        .leastEvaluation()
        .ifPresent(
            least -> check(INTEL, "`min_tcb_evaluation_number`", least.span(), kinds, problems));
    terms
        .leastDate()
        .ifPresent(least -> check(INTEL, "`min_tcb_date`", least.span(), kinds, problems));
  }

  private static Set<Isolation> kinds(List<AttestationRule> rules) {
    var kinds = EnumSet.noneOf(Isolation.class);
    rules.forEach(rule -> kinds.addAll(rule.kinds()));
    return kinds;
  }

  /// Words that never have an effect are reported where they are read.
  private static void check(
      Set<Isolation> concerned, String what, Span span, Set<Isolation> kinds, Problems problems) {
    if (!concerned.isEmpty() && concerned.stream().noneMatch(kinds::contains)) {
      problems.add(
          Diagnostic.warning(DiagnosticId.WITHOUT_EFFECT, span, "%s has no effect".formatted(what))
              .labelled(
                  "it concerns %s, and no rule of the session does".formatted(named(concerned))));
    }
  }

  private static String named(Set<Isolation> kinds) {
    return String.join(
        " and ",
        EnumSet.allOf(Isolation.class).stream()
            .filter(kinds::contains)
            .map(Isolation::toString)
            .toList());
  }
}
