package dev.testudo.policy.session.read;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Arrays;

/// Checks that a file or a volume gets an absolute path that is unambiguous.
public final class InjectionPath {
  private InjectionPath() {}

  /// Returns true if `path` is absolute, without empty, `.` and `..` steps; reports it otherwise.
  public static boolean check(Text path, Problems problems) {
    return check(path, "an injected file", problems);
  }

  /// Checks the path of a thing in the same way.
  ///
  /// @param what the thing in the message: "an injected file"
  public static boolean check(Text path, String what, Problems problems) {
    var value = path.value();
    var steps = Arrays.asList(value.split("/", -1));
    var clean = steps.subList(1, steps.size()).stream().noneMatch(InjectionPath::isVague);
    if (value.startsWith("/") && clean && value.indexOf('\0') < 0) {
      return true;
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                path.span(),
                "`%s` is not the path of %s".formatted(path.quotable(), what))
            .helped("write an absolute path without `.`, `..` and `//`"));
    return false;
  }

  private static boolean isVague(String step) {
    return step.isEmpty() || step.equals(".") || step.equals("..");
  }
}
