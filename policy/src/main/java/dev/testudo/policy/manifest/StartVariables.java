package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Set;

/// The variables by which SCONE's runtime is set up, such as `SCONE_HEAP`. Testudo has no such
/// runtime: they have no effect, and programs do not get them.
public final class StartVariables {
  private static final Set<String> NAMES =
      Set.of(
          "SCONE_ALLOW_DLOPEN",
          "SCONE_CAS_ADDR",
          "SCONE_CONFIG_ID",
          "SCONE_EDMM_MODE",
          "SCONE_EXTENSIONS_PATH",
          "SCONE_FORK",
          "SCONE_HASH",
          "SCONE_HEAP",
          "SCONE_ISVPRODID",
          "SCONE_ISVSVN",
          "SCONE_LAS_ADDR",
          "SCONE_LOG",
          "SCONE_METRICS",
          "SCONE_MIN_HEAP",
          "SCONE_MODE",
          "SCONE_MPROTECT",
          "SCONE_NO_TIME_THREAD",
          "SCONE_PRODUCTION",
          "SCONE_QUEUES",
          "SCONE_SLOTS",
          "SCONE_STACK",
          "SCONE_SYSLIBS",
          "SCONE_TCS",
          "SCONE_VERSION",
          "SCONE_XFRM");

  private StartVariables() {}

  /// Returns true for the name of such a variable.
  public static boolean contains(String name) {
    return NAMES.contains(name);
  }

  /// Warns if `name` is such a variable.
  static void check(Text name, Problems problems) {
    if (contains(name.value())) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.WITHOUT_EFFECT,
                  name.span(),
                  "`%s` has no effect".formatted(name.value()))
              .labelled("it sets up SCONE's runtime; the program does not get it"));
    }
  }
}
