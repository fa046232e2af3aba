package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Spelling;
import dev.testudo.policy.yaml.Fields;
import java.util.List;

/// The keys `apiVersion` and `kind`, which say what a file describes.
final class Headers {
  private Headers() {}

  /// Takes `apiVersion` and `kind` and reports a value other than the expected kind.
  static void check(Fields fields, String kind, Problems problems) {
    fields
        .requiredText("apiVersion")
        .filter(text -> !text.value().matches("scone/[0-9]{1,4}(\\.[0-9]{1,4}){0,3}"))
        .ifPresent(
            text ->
                problems.add(
                    Diagnostic.error(
                            DiagnosticId.INVALID_VALUE,
                            text.span(),
                            "`%s` is not a version of the manifest language"
                                .formatted(text.quotable()))
                        .helped("write `scone/5.8`")));
    fields
        .requiredText("kind")
        .filter(text -> !text.value().equals(kind))
        .ifPresent(
            text -> {
              var diagnostic =
                  Diagnostic.error(
                          DiagnosticId.UNKNOWN_KIND,
                          text.span(),
                          "kind `%s` is not known here".formatted(text.quotable()))
                      .labelled("expected `%s`".formatted(kind));
              problems.add(Spelling.suggest(diagnostic, text.value(), List.of(kind)));
            });
  }
}
