package dev.testudo.policy.source;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// What reading gave: a value to use, or every reason there is none.
public sealed interface Parsed<T> {

  /// A value, and what is doubtful about it.
  record Valid<T>(T value, List<Diagnostic> warnings) implements Parsed<T> {
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /// No value. Warnings are among the problems, and at least one error is.
  record Invalid<T>(List<Diagnostic> problems) implements Parsed<T> {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }

  /// Everything that was found, whether or not there is a value.
  default List<Diagnostic> diagnostics() {
    return switch (this) {
      case Valid<T>(_, var warnings) -> warnings;
      case Invalid<T>(var problems) -> problems;
    };
  }

  /// The value changed by `change`; findings stay.
  default <R> Parsed<R> map(Function<? super T, ? extends R> change) {
    return switch (this) {
      case Valid<T>(var value, var warnings) -> new Valid<>(change.apply(value), warnings);
      case Invalid<T>(var problems) -> new Invalid<>(problems);
    };
  }

  /// The next reading step on the value; findings of both steps stay.
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

  /// The same with other findings; there is a value as long as none of them is an error.
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
