package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Argument;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the words of a command, some of which the host gives.
final class HostArguments {
  /// A word that stands for an argument of the host.
  static final Pattern PATTERN = Pattern.compile("@@([0-9]{1,9})");

  private static final int MAX_NUMBER = 1000;

  private final Set<String> secrets;
  private final Problems problems;
  private final Map<Integer, Text> seen = new HashMap<>();

  HostArguments(Set<String> secrets, Problems problems) {
    this.secrets = secrets;
    this.problems = problems;
  }

  List<Argument> read(List<Text> words) {
    var arguments = new ArrayList<Argument>();
    for (var word : words) {
      var match = PATTERN.matcher(word.value());
      if (match.matches()) {
        var number = Integer.parseInt(match.group(1));
        check(word, number, arguments.isEmpty());
        arguments.add(new Argument.FromHost(number, word.span()));
      } else {
        if (match.find()) {
          warnOfText(word, match.group());
        }
        arguments.add(new Argument.Given(RuntimeTemplate.parse(word, secrets, problems)));
      }
    }
    return arguments;
  }

  private void check(Text word, int number, boolean isProgram) {
    var earlier = seen.putIfAbsent(number, word);
    if (isProgram) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE, word.span(), "the host cannot choose the program")
              .helped("write the program as the first word"));
    } else if (number < 1 || number > MAX_NUMBER) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE,
              word.span(),
              "arguments of the host have numbers from 1 to %d".formatted(MAX_NUMBER)));
    } else if (earlier != null) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  word.span(),
                  "argument `%s` of the host is used twice".formatted(word.value()))
              .helped("the first use is at " + earlier.span().place()));
    } else {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.INSECURE_SETTING,
                  word.span(),
                  "argument `%s` comes from the untrusted host".formatted(word.value()))
              .labelled("attestation does not cover its value")
              .helped("the program must treat it like input of an attacker"));
    }
  }

  private void warnOfText(Text word, String found) {
    problems.add(
        Diagnostic.warning(
                DiagnosticId.WITHOUT_EFFECT,
                word.span(),
                "`%s` within a word is ordinary text".formatted(found))
            .labelled("only a whole word stands for an argument of the host"));
  }
}
