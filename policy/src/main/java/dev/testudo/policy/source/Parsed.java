package dev.testudo.policy.source;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The result of reading a text: a value, or every reason why there is none.
public sealed interface Parsed<T> {

  /// A value with the warnings about it.
  record Valid<T>(T value, List<Diagnostic> warnings) implements Parsed<T> {
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /// No value. At least one of the problems is an error; the others may be warnings.
  record Invalid<T>(List<Diagnostic> problems) implements Parsed<T> {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }

  /// Returns everything that was found, whether or not there is a value.
  default List<Diagnostic> diagnostics() {
    return switch (this) {
      case Valid<T>(_, var warnings) -> warnings;
      case Invalid<T>(var problems) -> problems;
    };
  }

  /// Returns the result with the value converted by `change` and the same diagnostics.
  default <R> Parsed<R> map(Function<? super T, ? extends R> change) {
    return switch (this) {
      case Valid<T>(var value, var warnings) -> new Valid<>(change.apply(value), warnings);
      case Invalid<T>(var problems) -> new Invalid<>(problems);
    };
  }

  /// Runs the next reading step on the value. The result has the diagnostics of both steps.
  default <R> Parsed<R> then(Function<? super T, Parsed<R>> next) {
    return switch (this) {
      case Invalid<T>(var problems) -> new Invalid<>(problems);
      case Valid<T>(var value, var warnings) ->
          switch (next.apply(value)) {
            case Valid<R>(var result, var more) -> new Valid<>(result, joined(warnings, more));
            case Invalid<R>(var more) -> new Invalid<>(joined(warnings, more));
          };
    };
  }

  /// Returns the result with its diagnostics replaced. It becomes invalid if one
  /// of them is an error.
  default Parsed<T> withProblems(UnaryOperator<List<Diagnostic>> change) {
    var changed = change.apply(diagnostics());
    return switch (this) {
      case Valid<T>(var value, _) when changed.stream().noneMatch(Diagnostic::isError) ->
          new Valid<>(value, changed);
      case Valid<T> _, Invalid<T> _ -> new Invalid<>(changed);
    };
  }

  private static List<Diagnostic> joined(List<Diagnostic> first, List<Diagnostic> second) {
    var all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
