package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.PrintStream;
import java.util.List;

/// Prints diagnostics and returns values that can be used in spite of them.
final class Findings {
  private final PrintStream err;

  Findings(PrintStream err) {
    this.err = err;
  }

  /// Returns the value and prints its warnings.
  ///
  /// @throws CommandFailed if there is no value, after printing why
  <T> T need(Parsed<T> parsed) throws CommandFailed {
    print(parsed.diagnostics());
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) -> throw CommandFailed.input(summary(problems));
    };
  }

  /// Prints findings, none of which may be an error.
  ///
  /// @throws CommandFailed if one is
  void needNoErrors(List<Diagnostic> diagnostics) throws CommandFailed {
    print(diagnostics);
    if (diagnostics.stream().anyMatch(Diagnostic::isError)) {
      throw CommandFailed.input(summary(diagnostics));
    }
  }

  void print(List<Diagnostic> diagnostics) {
    if (!diagnostics.isEmpty()) {
      err.println(Diagnostics.render(diagnostics));
    }
  }

  /// Prints what a user should know although nothing is wrong.
  void remark(List<String> remarks) {
    remarks.forEach(err::println);
  }

  /// Returns the numbers of errors and warnings as text.
  static String summary(List<Diagnostic> diagnostics) {
    var distinct = diagnostics.stream().distinct().toList();
    var errors = distinct.stream().filter(Diagnostic::isError).count();
    var warnings = distinct.size() - errors;
    var both = errors > 0 && warnings > 0 ? ", " : "";
    return (errors > 0 ? count(errors, "error") : "")
        + both
        + (warnings > 0 || errors == 0 ? count(warnings, "warning") : "");
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /// Returns the diagnostics as JSON, for scripts.
  static JsonValue json(List<Diagnostic> diagnostics) {
    return new JsonArray(diagnostics.stream().distinct().map(Findings::json).toList());
  }

  private static JsonValue json(Diagnostic diagnostic) {
    var span = diagnostic.span();
    return new JsonBuilder()
        .put("id", diagnostic.id().text())
        .put("severity", diagnostic.isError() ? "error" : "warning")
        .put("message", diagnostic.message())
        .put("file", span.source().name())
        .put("line", span.line())
        .put("column", span.column())
        .put("label", diagnostic.label())
        .put("help", diagnostic.help())
        .build();
  }
}
