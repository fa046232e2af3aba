package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.channel.SessionReply;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// How a session of a mesh gets to its CAS.
@FunctionalInterface
interface SessionSubmission {
  /// Registers a session, or prepares it for others to do so, and returns its hash.
  ///
  /// @param yaml its text, with the active session as predecessor
  /// @param active the active session of that name
  String submit(SessionName name, String yaml, Optional<SessionReply> active)
      throws IOException, CommandFailed;

  /// Returns what [#submit] has done with a session, for the user.
  default String done() {
    return "registered";
  }

  /// Returns the sessions that others must bring to CAS, in the order in which it needs them.
  default Map<SessionName, EncryptedBundle> encrypted() {
    return Map.of();
  }
}
