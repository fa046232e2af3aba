package dev.testudo.policy.deployment;

import dev.testudo.policy.session.IgnoredAdvisory;
import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Text;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes which platforms a session accepts.
final class PlatformTermsWriter {
  private PlatformTermsWriter() {}

  /// Returns the keys that differ from the defaults.
  static Map<String, Object> write(PlatformTerms terms) {
    Map<String, Object> keys = new LinkedHashMap<>();
    put(
        keys,
        "tolerate",
        terms.tolerated().keySet().stream().map(Tolerance::text).sorted().toList());
    put(
        keys,
        "ignore_advisories",
        terms.ignored().stream()
            .sorted(Comparator.comparing(IgnoredAdvisory::id))
            .map(PlatformTermsWriter::advisory)
            .distinct()
            .toList());
    put(keys, "platforms", terms.platforms().stream().map(Text::value).toList());
    terms
        .leastEvaluation()
        .ifPresent(least -> keys.put("min_tcb_evaluation_number", least.value()));
    terms.leastDate().ifPresent(least -> keys.put("min_tcb_date", least.value().toString()));
    if (!terms.grace().isZero()) {
      keys.put("collateral_grace", "%d s".formatted(terms.grace().toSeconds()));
    }
    return keys;
  }

  private static void put(Map<String, Object> keys, String key, List<?> values) {
    if (!values.isEmpty()) {
      keys.put(key, values);
    }
  }

  private static Object advisory(IgnoredAdvisory advisory) {
    if (advisory.reason().isEmpty() && advisory.until().isEmpty()) {
      return advisory.id();
    }
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("id", advisory.id());
    advisory.reason().ifPresent(reason -> entry.put("reason", reason));
    advisory.until().ifPresent(day -> entry.put("until", day.toString()));
    return entry;
  }
}
