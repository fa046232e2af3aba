package dev.testudo.policy.shield;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Reads variables from a file, one `NAME=value` each. Spaces around `=`, a leading `export` and
/// comment lines (`#`) are ignored. A value in double quotes may span several lines and has the
/// escapes `\"` and `\\`; a value in single quotes has none.
public final class EnvironmentFile {
  private static final Pattern PRIVATE_KEY =
      Pattern.compile("(?<=BEGIN [A-Z ]{0,20}PRIVATE KEY-----)[^-]+");

  /// The byte order mark that some editors write first. It must not become a
  /// part of the first name.
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final SourceFile source;
  private final String text;
  private final Problems problems = new Problems();
  private final Map<String, Text> variables = new LinkedHashMap<>();
  private final Map<String, Span> names = new LinkedHashMap<>();
  private final List<Assignment> assignments = new ArrayList<>();
  private int at;

  /// The end of the last line that was not an assignment.
  private int wrongUpTo = -1;

  /// An assignment, possibly of a name that is set twice.
  private record Assignment(String name, Text value) {}

  private EnvironmentFile(SourceFile source) {
    this.source = source;
    this.text = source.text();
  }

  /// Returns the variables in the order written. A name that is set twice is an error. Diagnostics
  /// about the file, these and later ones, do not show values that may be keys.
  public static Parsed<Map<String, Text>> read(SourceFile source) {
    var first = new EnvironmentFile(source);
    first.lines();
    var file = new EnvironmentFile(source.hiding(first.secrets()));
    file.lines();
    return file.problems.result(() -> file.variables);
  }

  private void lines() {
    if (text.startsWith(BYTE_ORDER_MARK)) {
      at = BYTE_ORDER_MARK.length();
    }
    while (at < text.length()) {
      line();
    }
  }

  /// Returns the values to mask: those of shield variables for keys, and everything that looks like
  /// a private key, even if its quotes are missing or its variable is misspelled.
  private List<Span> secrets() {
    var secrets = new ArrayList<Span>();
    for (var assignment : assignments) {
      if (ShieldVariables.mayHoldKeys(assignment.name(), assignment.value().value())) {
        secrets.add(assignment.value().span());
      }
    }
    var block = PRIVATE_KEY.matcher(text);
    while (block.find()) {
      secrets.add(source.span(block.start(), block.end()));
    }
    return secrets;
  }

  private void line() {
    var end = lineEnd(at);
    var line = text.substring(at, end);
    if (line.isBlank() || line.stripLeading().startsWith("#")) {
      at = end + 1;
      return;
    }
    var equals = line.indexOf('=');
    var name = (equals < 0 ? line : line.substring(0, equals)).strip();
    var bare = name.startsWith("export ") ? name.substring("export ".length()).strip() : name;
    var start = text.indexOf(bare, at);
    var span = source.span(start, start + bare.length());
    if (equals < 0 || bare.isEmpty() || bare.chars().anyMatch(Character::isWhitespace)) {
      noAssignment(span);
      at = end + 1;
      wrongUpTo = at;
      return;
    }
    var unseen = bare.codePoints().filter(EnvironmentFile::isInvisible).findFirst();
    if (unseen.isPresent()) {
      // A name that only looks like one of ours would silently leave the program unprotected.
      syntax(span, "the name contains U+%04X, which is invisible".formatted(unseen.getAsInt()));
    }
    at += equals + 1;
    add(bare, span, value());
  }

  /// Reports a line that is not an assignment. Consecutive lines give one error: they are most
  /// likely one value without quotes.
  private void noAssignment(Span span) {
    if (at != wrongUpTo) {
      problems.add(
          Diagnostic.error(DiagnosticId.INVALID_VALUE, span, "this is not `NAME=value`")
              .helped("put a value of several lines into double quotes"));
    }
  }

  private static boolean isInvisible(int c) {
    return Character.isSpaceChar(c)
        || Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT;
  }

  private Text value() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    var first = at < text.length() ? text.charAt(at) : '\n';
    return first == '"' || first == '\'' ? quoted(first) : unquoted();
  }

  private Text unquoted() {
    var end = lineEnd(at);
    var value = text.substring(at, end).stripTrailing();
    var span = source.span(at, at + value.length());
    at = end + 1;
    return new Text(value, span);
  }

  private Text quoted(char quote) {
    var start = ++at;
    var value = new StringBuilder();
    while (at < text.length() && text.charAt(at) != quote) {
      var escaped = quote == '"' && text.charAt(at) == '\\' && at + 1 < text.length();
      if (escaped && (text.charAt(at + 1) == '"' || text.charAt(at + 1) == '\\')) {
        at++;
      }
      value.append(text.charAt(at++));
    }
    if (at >= text.length()) {
      syntax(source.span(start - 1, start), "the quote is not closed");
    }
    var span = source.span(start, Math.min(at, text.length()));
    var rest =
        text.substring(Math.min(at + 1, text.length()), lineEnd(Math.min(at, text.length())));
    if (!rest.isBlank() && !rest.stripLeading().startsWith("#")) {
      syntax(source.span(at + 1, at + 1 + rest.length()), "something follows the closing quote");
    }
    at = lineEnd(Math.min(at, text.length())) + 1;
    return new Text(value.toString(), span);
  }

  private void add(String name, Span span, Text value) {
    var earlier = names.putIfAbsent(name, span);
    if (earlier != null) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.DUPLICATE_KEY, span, "variable `%s` is set twice".formatted(name))
              .labelled("the second one")
              .helped("the first one is at " + earlier.place()));
    }
    variables.putIfAbsent(name, value);
    assignments.add(new Assignment(name, value));
  }

  private int lineEnd(int from) {
    var end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private void syntax(Span span, String message) {
    problems.add(Diagnostic.error(DiagnosticId.INVALID_VALUE, span, message));
  }
}
