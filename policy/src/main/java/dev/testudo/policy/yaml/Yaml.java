package dev.testudo.policy.yaml;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads one YAML document. The text is not trusted: its size, its depth and the number of nodes
/// after alias expansion are limited.
public final class Yaml {
  /// The most characters in a source.
  public static final int MAX_SIZE = 1 << 20;

  /// The most levels of nested collections.
  public static final int MAX_DEPTH = 64;

  /// The most nodes in a document. A node counts again for each alias that repeats it.
  public static final int MAX_NODES = 50_000;

  private Yaml() {}

  /// Returns the document in `source`, or its syntax errors.
  public static Parsed<YamlNode> read(SourceFile source) {
    if (source.text().length() > MAX_SIZE) {
      return invalid(
          Diagnostic.error(
                  DiagnosticId.YAML_LIMIT,
                  source.span(0, 0),
                  "the file has more than %d characters".formatted(MAX_SIZE))
              .labelled("%d characters".formatted(source.text().length())));
    }
    var problems = new Problems();
    var offsets = new Offsets(source.text());
    try {
      var root = new TreeBuilder(source, offsets, problems).document();
      return problems.result(() -> root);
    } catch (StopReading e) {
      problems.add(e.diagnostic());
    } catch (YamlEngineException e) {
      problems.add(notYaml(source, offsets, e));
    }
    return new Parsed.Invalid<>(problems.found());
  }

  private static Parsed<YamlNode> invalid(Diagnostic diagnostic) {
    var problems = new Problems();
    problems.add(diagnostic);
    return new Parsed.Invalid<>(problems.found());
  }

  private static Diagnostic notYaml(SourceFile source, Offsets offsets, YamlEngineException e) {
    return switch (e) {
      case MarkedYamlEngineException marked -> notation(source, offsets, marked);
      case ReaderException unreadable -> {
        var at = offsets.of(unreadable.getPosition());
        yield syntax(
            source, at, "U+%04X is not allowed in YAML".formatted(unreadable.getCodePoint()));
      }
      default -> syntax(source, 0, "not YAML");
    };
  }

  private static Diagnostic notation(
      SourceFile source, Offsets offsets, MarkedYamlEngineException e) {
    var at = e.getProblemMark().or(e::getContextMark).map(m -> offsets.of(m.getIndex())).orElse(0);
    var problem = Optional.ofNullable(e.getProblem()).orElse("not YAML");
    var diagnostic = syntax(source, at, SyntaxAdvice.wording(problem));
    if (e.getContext() != null) {
      diagnostic = diagnostic.labelled(e.getContext());
    }
    return SyntaxAdvice.forProblem(problem).map(diagnostic::helped).orElse(diagnostic);
  }

  private static Diagnostic syntax(SourceFile source, int at, String message) {
    var end = Math.min(at + 1, source.text().length());
    return Diagnostic.error(DiagnosticId.YAML_SYNTAX, source.span(Math.min(at, end), end), message);
  }
}
