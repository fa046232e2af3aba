package dev.testudo.policy.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Collects what is found while reading, so that everything is reported at once. A reader goes on
/// after an error; the incomplete value it ends up with is never handed out.
public final class Problems {
  /// More findings than that help nobody; the rest is dropped, but an error always counts.
  static final int MAX_FOUND = 1000;

  /// After so many findings nobody reads advice, and looking for it would take long.
  static final int MAX_ADVISED = 100;

  private final List<Diagnostic> found = new ArrayList<>();

  /// Nothing found yet.
  public Problems() {}

  /// Adds one finding.
  public void add(Diagnostic diagnostic) {
    if (found.size() < MAX_FOUND || (diagnostic.isError() && !anyErrors())) {
      found.add(diagnostic);
    }
  }

  /// Adds a finding as [#suggesting] makes it.
  public void addSuggesting(
      Diagnostic diagnostic, Collection<String> candidates, String... spellings) {
    add(suggesting(diagnostic, candidates, spellings));
  }

  /// The finding with a "did you mean" if one of `candidates` is near one of the spellings; the
  /// first such spelling counts. After a hundred findings nothing is looked for any more.
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

  /// As [Spelling#nearest], for advice on a finding; empty after a hundred findings.
  public Optional<String> nearest(String spelling, Collection<String> candidates) {
    return found.size() < MAX_ADVISED ? Spelling.nearest(spelling, candidates) : Optional.empty();
  }

  /// Adds several findings.
  public void addAll(List<Diagnostic> diagnostics) {
    diagnostics.forEach(this::add);
  }

  /// Adds the findings of `parsed` and returns its value, if it has one.
  public <T> Optional<T> take(Parsed<T> parsed) {
    addAll(parsed.diagnostics());
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> Optional.of(value);
      case Parsed.Invalid<T> _ -> Optional.empty();
    };
  }

  /// What was found so far, in order of finding.
  public List<Diagnostic> found() {
    return List.copyOf(found);
  }

  /// True if something found makes the text unusable.
  public boolean anyErrors() {
    return found.stream().anyMatch(Diagnostic::isError);
  }

  /// The value if nothing found is an error. It is asked for only then.
  public <T> Parsed<T> result(Supplier<T> value) {
    return anyErrors() ? new Parsed.Invalid<>(found) : new Parsed.Valid<>(value.get(), found);
  }
}
