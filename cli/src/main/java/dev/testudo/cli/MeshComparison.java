package dev.testudo.cli;

import static dev.testudo.trust.channel.PredecessorLine.withoutPredecessor;

import dev.testudo.cli.text.LineDifference;
import dev.testudo.policy.deployment.SessionText;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Printable;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.SessionReply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares the sessions of a mesh with those in a CAS. Changes nothing.
record MeshComparison(CasClient client) {
  private static final int MOST_SHOWN = 100;

  /// A session of the mesh, and the active session of the same name in CAS.
  record Pair(SessionText wanted, Optional<SessionReply> active) {
    SessionName name() {
      return wanted.name();
    }

    /// Returns true if registering the session would change nothing.
    boolean isSame() {
      return active.isPresent()
          && withoutPredecessor(active.get().yaml()).equals(withoutPredecessor(wanted.yaml()));
    }

    /// Returns the lines that differ, without the values of secrets.
    List<String> difference() {
      var before = active.map(SessionReply::yaml).map(MeshComparison::shown).orElse("");
      return LineDifference.between(before, shown(wanted.yaml()), MOST_SHOWN).stream()
          .map(Printable::of)
          .toList();
    }
  }

  /// Reads the active session of each session.
  List<Pair> pairs(List<SessionText> sessions) throws IOException {
    var pairs = new ArrayList<Pair>();
    for (var session : sessions) {
      pairs.add(new Pair(session, active(session.name())));
    }
    return pairs;
  }

  private Optional<SessionReply> active(SessionName name) throws IOException {
    try {
      return Optional.of(client.readSession(name.value()));
    } catch (CasException e) {
      if (e.problem().id().equals("unknown-session")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Returns a session's text without the values of its secrets, or a placeholder if
  /// it cannot be parsed.
  private static String shown(String yaml) {
    var plain = withoutPredecessor(yaml);
    var source = new SourceFile("session", plain);
    return switch (SessionParser.stored(source)) {
      case Parsed.Valid<Session> _ -> SessionParser.compared(source).orElse("");
      case Parsed.Invalid<Session> _ -> "(a session that this version cannot read)\n";
    };
  }
}
