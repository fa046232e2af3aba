package dev.testudo.policy.session.read;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.List;

/// Splits a command into words at white space outside single and double quotes. There are no
/// escapes and no variables.
public final class CommandLine {
  private CommandLine() {}

  /// Returns the words of a command written as one string. A command without a program is reported.
  public static List<Text> split(Text command, Problems problems) {
    var words = new ArrayList<Text>();
    var word = new StringBuilder();
    var start = -1;
    var quote = 0;
    var places = command.parts();
    var value = command.value();
    for (var i = 0; i <= value.length(); i++) {
      var c = i < value.length() ? value.charAt(i) : ' ';
      var ends = quote == 0 && Character.isWhitespace(c);
      if (ends && start >= 0) {
        words.add(new Text(word.toString(), places.part(start, i)));
        word.setLength(0);
        start = -1;
      } else if (!ends && i < value.length()) {
        start = start < 0 ? i : start;
        if (c == quote || (quote == 0 && (c == '"' || c == '\''))) {
          quote = quote == 0 ? c : 0;
        } else {
          word.append(c);
        }
      }
    }
    if (quote != 0) {
      words.add(new Text(word.toString(), command.span()));
      problems.add(invalid(command.span(), "a quote in the command is not closed"));
    }
    return checked(words, command.span(), problems);
  }

  /// Returns the words of a command written as a list. A command without a program is reported.
  public static List<Text> words(List<Text> words, Span span, Problems problems) {
    return checked(words, span, problems);
  }

  private static List<Text> checked(List<Text> words, Span span, Problems problems) {
    if (words.isEmpty() || words.getFirst().value().isEmpty()) {
      problems.add(invalid(span, "the command names no program"));
    }
    for (var word : words) {
      if (word.value().indexOf('\0') >= 0) {
        problems.add(invalid(word.span(), "a word of the command contains a zero byte"));
      }
    }
    return List.copyOf(words);
  }

  /// Reports words that come from the host. A mesh starts its services itself, so there are none.
  public static void refuseHost(List<Text> words, Problems problems) {
    for (var word : words) {
      if (HostArguments.PATTERN.matcher(word.value()).matches()) {
        problems.add(
            Diagnostic.error(
                DiagnosticId.NOT_SUPPORTED_YET,
                word.span(),
                "arguments from the host (`%s`) are not supported in a mesh"
                    .formatted(word.value())));
      }
    }
  }

  private static Diagnostic invalid(Span span, String message) {
    return Diagnostic.error(DiagnosticId.INVALID_VALUE, span, message);
  }
}
