package dev.testudo.policy.decision;

import dev.testudo.policy.session.Tolerance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The lines of a policy that would accept a platform that is denied, and what each gives away.
record PolicyAdvice(PlatformFindings findings) {

  List<String> lines() {
    if (findings.remedies().isEmpty()) {
      return List.of();
    }
    var lines = new ArrayList<String>();
    var all = findings.remedies().size() == findings.reasons().size();
    lines.add(
        "%s with these additions to `attestation` in `security` (%s); each gives something away:"
            .formatted(
                all ? "this platform is accepted" : "there are fewer reasons against the platform",
                findings.place().place()));
    tolerate(lines);
    ignore(lines);
    grace(lines);
    return lines;
  }

  private void tolerate(List<String> lines) {
    var missing =
        findings.remedies().stream()
            .filter(Remedy.Tolerate.class::isInstance)
            .map(remedy -> ((Remedy.Tolerate) remedy).weakness())
            .distinct()
            .toList();
    if (!missing.isEmpty()) {
      var words = missing.stream().map(Tolerance::text).collect(Collectors.joining(", "));
      lines.add("  tolerate: [%s]".formatted(words));
      for (Tolerance word : missing) {
        lines.add("    # `%s`: %s".formatted(word, word.gives()));
      }
    }
  }

  private void ignore(List<String> lines) {
    var missing =
        findings.remedies().stream()
            .filter(Remedy.Ignore.class::isInstance)
            .flatMap(remedy -> ((Remedy.Ignore) remedy).advisories().stream())
            .toList();
    if (!missing.isEmpty()) {
      var ids = String.join(", ", missing);
      lines.add("  ignore_advisories: [%s]".formatted(ids));
      lines.add(
          "    # the platform is open to what %s %s"
              .formatted(ids, missing.size() == 1 ? "describes" : "describe"));
    }
  }

  private void grace(List<String> lines) {
    findings.remedies().stream()
        .filter(Remedy.Wait.class::isInstance)
        .map(remedy -> ((Remedy.Wait) remedy).grace())
        .max(Duration::compareTo)
        .ifPresent(
            longest -> {
              lines.add("  collateral_grace: %d days".formatted(longest.toDays() + 1));
              lines.add("    # what was revoked or found since the end is not known");
              lines.add("    # better: `testudo attest collateral fetch`");
            });
  }
}
