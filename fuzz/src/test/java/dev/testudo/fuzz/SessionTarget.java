package dev.testudo.fuzz;

import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The text of a session. Whatever it is, the result is a session or diagnostics that can be shown.
public final class SessionTarget {
  private SessionTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) {
    var source = new SourceFile("session.yaml", new String(input, StandardCharsets.UTF_8));
    var read = SessionParser.read(source);
    Diagnostics.render(read.diagnostics());
    if (read instanceof Parsed.Valid<?>
        && SessionParser.stored(source) instanceof Parsed.Invalid<?>) {
      throw new AssertionError("an accepted session cannot be read again");
    }
    Diagnostics.render(SessionParser.read(source, Map.of("NAME", "a\nb: $NAME")).diagnostics());
  }
}
