package dev.testudo.cas.collateral;

import dev.testudo.trust.attest.evidence.DocumentId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Writes metrics about documents in Prometheus' text format. Certificates of chips are counted,
/// and not listed, because there may be thousands.
final class CollateralMetrics {
  private static final String PREFIX = "testudo_cas_collateral_";

  /// The most documents that are listed.
  private static final int LISTED = 200;

  private CollateralMetrics() {}

  static String text(Collection<KnownDocument> known, Instant now, long failures, int waiting) {
    var out = new StringBuilder();
    gauge(out, "documents", "Verified documents of manufacturers.", known.size());
    gauge(out, "fetches_waiting", "Documents that callers need and that are fetched.", waiting);
    type(out, "fetch_failures_total", "counter", "Documents that could not be had or kept.");
    out.append(PREFIX).append("fetch_failures_total ").append(failures).append('\n');
    chips(known)
        .ifPresent(
            end ->
                gauge(
                    out,
                    "chip_certificates_expiry_seconds",
                    "Time until the first certificate of a chip ends.",
                    seconds(now, end)));
    var listed =
        known.stream()
            .filter(document -> !(document.id() instanceof DocumentId.Vcek))
            .sorted(Comparator.comparing(document -> document.facts().firstEnd()))
            .limit(LISTED)
            .toList();
    type(out, "expiry_seconds", "gauge", "Time until a document ends; negative afterwards.");
    listed.forEach(
        document ->
            row(out, "expiry_seconds", document, seconds(now, document.facts().firstEnd())));
    type(out, "age_seconds", "gauge", "Time since a document was issued.");
    listed.forEach(
        document -> row(out, "age_seconds", document, seconds(document.facts().issued(), now)));
    evaluations(out, listed);
    return out.toString();
  }

  private static void evaluations(StringBuilder out, List<KnownDocument> listed) {
    type(out, "evaluation_number", "gauge", "Intel's tcbEvaluationDataNumber of a document.");
    listed.forEach(
        document ->
            document
                .facts()
                .evaluation()
                .ifPresent(number -> row(out, "evaluation_number", document, number)));
  }

  private static Optional<Instant> chips(Collection<KnownDocument> known) {
    return known.stream()
        .filter(document -> document.id() instanceof DocumentId.Vcek)
        .map(document -> document.facts().firstEnd())
        .min(Comparator.naturalOrder());
  }

  private static long seconds(Instant from, Instant to) {
    return Duration.between(from, to).toSeconds();
  }

  private static void row(StringBuilder out, String name, KnownDocument document, long value) {
    out.append("%s%s{document=\"%s\"} %d\n".formatted(PREFIX, name, document.id(), value));
  }

  private static void gauge(StringBuilder out, String name, String help, long value) {
    type(out, name, "gauge", help);
    out.append(PREFIX).append(name).append(' ').append(value).append('\n');
  }

  private static void type(StringBuilder out, String name, String type, String help) {
    out.append("# HELP %1$s%2$s %4$s\n# TYPE %1$s%2$s %3$s\n".formatted(PREFIX, name, type, help));
  }
}
