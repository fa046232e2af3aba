package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.policy.evidence.IntelTcb.Part;
import dev.testudo.policy.evidence.TcbStatus;
import dev.testudo.policy.session.IgnoredAdvisory;
import dev.testudo.policy.session.Tolerance;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Judges how good the TCB of an Intel platform is.
record IntelTcbAppraisal(IntelTcb tcb, Instant now, PlatformFindings findings) {
  /// The most shortfalls of a part that a reason lists.
  private static final int MOST_SHORTFALLS = 16;

  void check() {
    if (tcb.status() == TcbStatus.REVOKED) {
      findings.refuse(
          ReasonId.TCB_REVOKED, "TCB status", "any other, whatever is tolerated", described());
    }
    status(tcb.status().outdated(), Tolerance.OUTDATED_TCB);
    status(tcb.status().configuration(), Tolerance.INSECURE_CONFIGURATION);
    status(tcb.status().hardening(), Tolerance.SOFTWARE_HARDENING_NEEDED);
    advisories();
    minima();
  }

  private void status(boolean weak, Tolerance word) {
    if (weak) {
      findings.weakness(ReasonId.TCB_STATUS, word, "TCB status", "a better one", described());
    }
  }

  /// Returns the status of the whole and of each part that is not up to date.
  private String described() {
    var parts =
        tcb.parts().stream()
            .filter(part -> part.status() != TcbStatus.UP_TO_DATE)
            .map(IntelTcbAppraisal::described)
            .collect(Collectors.joining("; "));
    return parts.isEmpty() ? tcb.status().toString() : "%s (%s)".formatted(tcb.status(), parts);
  }

  private static String described(Part part) {
    var shortfalls = part.shortfalls();
    var listed =
        shortfalls.stream()
            .limit(MOST_SHORTFALLS)
            .map(shortfall -> ", " + shortfall)
            .collect(Collectors.joining());
    var more = shortfalls.size() - MOST_SHORTFALLS;
    return "%s %s, level of %s%s%s"
        .formatted(
            part.kind(),
            part.status(),
            day(part.date()),
            listed,
            more > 0 ? ", and %d more".formatted(more) : "");
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  /// All advisories of the levels must be ignored, besides the word for the status.
  private void advisories() {
    var refused = new ArrayList<String>();
    var described = new ArrayList<String>();
    for (var advisory : tcb.advisories()) {
      var ignoring = ignoring(advisory);
      if (ignoring.isPresent()) {
        findings.remark(Remark.Kind.TOLERATED, ignoring.get());
      } else {
        refused.add(advisory);
        described.add(advisory + ended(advisory));
      }
    }
    if (!refused.isEmpty()) {
      findings.refuse(
          new Reason(
              ReasonId.ADVISORY_NOT_IGNORED,
              "advisories",
              "only those that `ignore_advisories` lists",
              String.join(", ", described),
              findings.place()),
          new Remedy.Ignore(refused));
    }
  }

  /// Returns why an advisory is ignored, if it is.
  private Optional<String> ignoring(String advisory) {
    return items(advisory).stream()
        .filter(item -> item.countsAt(now))
        .findFirst()
        .map(item -> described(advisory, item))
        .or(
            () ->
                findings.terms().tolerated().entrySet().stream()
                    .filter(word -> word.getKey().advisory().equals(Optional.of(advisory)))
                    .findFirst()
                    .map(
                        word ->
                            "%s is ignored (`%s` at %s)"
                                .formatted(advisory, word.getKey(), word.getValue().place())));
  }

  private static String described(String advisory, IgnoredAdvisory item) {
    return "%s is ignored%s%s (%s)"
        .formatted(
            advisory,
            item.until().map(" until %s"::formatted).orElse(""),
            item.reason().map(", because: %s"::formatted).orElse(""),
            item.span().place());
  }

  /// Says of an advisory that is not ignored any more when and where that ended.
  private String ended(String advisory) {
    return items(advisory).stream()
        .flatMap(
            item ->
                item.until().stream()
                    .map(day -> " (ignored until %s, %s)".formatted(day, item.span().place())))
        .findFirst()
        .orElse("");
  }

  private List<IgnoredAdvisory> items(String advisory) {
    return findings.terms().ignored().stream().filter(item -> item.concerns(advisory)).toList();
  }

  private void minima() {
    findings
        .terms()
        .leastEvaluation()
        .filter(least -> tcb.evaluationNumber() < least.value())
        .ifPresent(
            least ->
                findings.refuse(
                    new Reason(
                        ReasonId.TCB_TOO_OLD,
                        "tcbEvaluationDataNumber",
                        "at least " + least.value(),
                        "" + tcb.evaluationNumber(),
                        least.span())));
    findings
        .terms()
        .leastDate()
        .filter(least -> day(tcb.date()).isBefore(least.value()))
        .ifPresent(
            least ->
                findings.refuse(
                    new Reason(
                        ReasonId.TCB_TOO_OLD,
                        "TCB date",
                        least.value() + " or later",
                        "" + day(tcb.date()),
                        least.span())));
  }
}
