package dev.testudo.image.build.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.Optional;

/// The log of an OCI runtime: a JSON object per line.
final class RuntimeLog {
  private static final int MAX_LINE = 64 << 10;

  private RuntimeLog() {}

  /// Returns the last message of an error; empty if there is none.
  static Optional<String> error(byte[] log) {
    var last = Optional.<String>empty();
    for (var line : new String(log, UTF_8).lines().toList()) {
      try {
        var members = JsonMembers.read(line.getBytes(UTF_8), MAX_LINE, "log");
        var level = members.text("level");
        if (level.equals("error") || level.equals("fatal")) {
          last = Optional.of(members.text("msg").strip().replaceAll("\\s+", " "));
        }
      } catch (MessageException e) {
        // Not a message.
      }
    }
    return last;
  }
}
