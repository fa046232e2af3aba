package dev.testudo.policy.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Collects diagnostics while reading, so that all errors are reported at once. A reader goes on
/// after an error; the incomplete value is then never handed out.
public final class Problems {
  /// The most diagnostics that are kept. The first error is kept even beyond that.
  static final int MAX_FOUND = 1000;

  /// The number of diagnostics after which no more suggestions are computed.
  static final int MAX_ADVISED = 100;

  private final List<Diagnostic> found = new ArrayList<>();

  /// Creates an empty collection.
  public Problems() {}

  /// Adds a diagnostic.
  public void add(Diagnostic diagnostic) {
    if (found.size() < MAX_FOUND || (diagnostic.isError() && !anyErrors())) {
      found.add(diagnostic);
    }
  }

  /// Adds a diagnostic with the suggestion that [#suggesting] finds.
  public void addSuggesting(
      Diagnostic diagnostic, Collection<String> candidates, String... spellings) {
    add(suggesting(diagnostic, candidates, spellings));
  }

  /// Returns the diagnostic with a "did you mean" if a candidate is near one of the
  /// spellings. The first spelling with a near candidate counts. After 100 diagnostics the
  /// diagnostic stays as it is.
  public Diagnostic suggesting(
      Diagnostic diagnostic, Collection<String> candidates, String... spellings) {
    for (var spelling : spellings) {
      var near = nearest(spelling, candidates);
      if (near.isPresent()) {
        return diagnostic.helped("did you mean `%s`?".formatted(near.get()));
      }
    }
    return diagnostic;
  }

  /// Returns the candidate nearest to `spelling`, as [Spelling#nearest] does, or empty
  /// after 100 diagnostics.
  public Optional<String> nearest(String spelling, Collection<String> candidates) {
    return found.size() < MAX_ADVISED ? Spelling.nearest(spelling, candidates) : Optional.empty();
  }

  /// Adds several diagnostics.
  public void addAll(List<Diagnostic> diagnostics) {
    diagnostics.forEach(this::add);
  }

  /// Adds the diagnostics of `parsed` and returns its value, if it has one.
  public <T> Optional<T> take(Parsed<T> parsed) {
    addAll(parsed.diagnostics());
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> Optional.of(value);
      case Parsed.Invalid<T> _ -> Optional.empty();
    };
  }

  /// Returns the diagnostics collected so far, in the order in which they were added.
  public List<Diagnostic> found() {
    return List.copyOf(found);
  }

  /// Returns true if one of the diagnostics is an error.
  public boolean anyErrors() {
    return found.stream().anyMatch(Diagnostic::isError);
  }

  /// Returns a valid result if no diagnostic is an error, else an invalid one. Calls `value`
  /// only in the first case.
  public <T> Parsed<T> result(Supplier<T> value) {
    return anyErrors() ? new Parsed.Invalid<>(found) : new Parsed.Valid<>(value.get(), found);
  }
}
