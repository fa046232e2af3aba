package dev.testudo.cli;

import static dev.testudo.trust.channel.PredecessorLine.withPredecessor;
import static dev.testudo.trust.channel.PredecessorLine.withoutPredecessor;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.text.LineDifference;
import dev.testudo.policy.deployment.SessionText;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Printable;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Compares the sessions of a mesh with those in a CAS and registers them. A session that was
/// registered from elsewhere is replaced only if the user names its hash.
///
/// @param cas the key of that CAS
/// @param last the sessions registered from here
/// @param over hashes of sessions that may be replaced although they were registered from elsewhere
/// @param out for each session that is registered
/// @param err for differences
record MeshSessions(
    CasClient client,
    KeyHash cas,
    LastRegistered last,
    Set<SessionHash> over,
    PrintStream out,
    PrintStream err) {
  private static final int MOST_SHOWN = 100;

  MeshSessions {
    over = Set.copyOf(over);
  }

  /// A session, and the active session of the same name in CAS.
  private record Step(SessionText wanted, Optional<SessionReply> active) {
    SessionName name() {
      return wanted.name();
    }

    boolean isDone() {
      return active.isPresent()
          && withoutPredecessor(active.get().yaml()).equals(withoutPredecessor(wanted.yaml()));
    }
  }

  /// Registers all sessions, or none if CAS has one that must not be replaced.
  void register(List<SessionText> sessions) throws IOException, CommandFailed {
    var steps = new ArrayList<Step>();
    for (var session : sessions) {
      steps.add(new Step(session, active(session.name())));
    }
    var foreign = steps.stream().filter(this::isForeign).toList();
    if (!foreign.isEmpty()) {
      foreign.forEach(this::show);
      throw refused(foreign);
    }
    for (var step : steps) {
      var hash = register(step);
      last.put(cas, step.name(), hash);
      out.println("session %s registered, hash %s".formatted(step.name(), hash.hex()));
    }
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

  private boolean isForeign(Step step) {
    if (step.active().isEmpty() || step.isDone()) {
      return false;
    }
    var hash = SessionHash.parse(step.active().get().hash());
    return hash.isEmpty()
        || !(hash.equals(last.hash(cas, step.name())) || over.contains(hash.get()));
  }

  /// Registers one session. CAS refuses if the active session has changed since it was read.
  private SessionHash register(Step step) throws IOException, CommandFailed {
    if (step.isDone()) {
      return hash(step.active().orElseThrow().hash());
    }
    var yaml =
        step.active()
            .map(active -> withPredecessor(step.wanted().yaml(), active.hash()))
            .orElse(step.wanted().yaml());
    return hash(client.createSession(yaml));
  }

  private static SessionHash hash(String text) throws CommandFailed {
    return SessionHash.parse(text)
        .orElseThrow(() -> CommandFailed.environment("CAS answered with a malformed hash"));
  }

  private void show(Step step) {
    var active = step.active().orElseThrow();
    err.println("session `%s` in CAS (-) and here (+):".formatted(step.name()));
    var lines =
        LineDifference.between(shown(active.yaml()), shown(step.wanted().yaml()), MOST_SHOWN);
    if (lines.isEmpty()) {
      err.println("  only values that are not shown differ");
    }
    lines.forEach(line -> err.println("  " + Printable.of(line)));
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

  private CommandFailed refused(List<Step> foreign) {
    var first = foreign.getFirst();
    var why =
        last.hash(cas, first.name())
            .map(hash -> "%s was registered from here last".formatted(hash.hex()))
            .orElse("none was registered from here");
    var options = new StringBuilder();
    for (var step : foreign) {
      options.append(" --over ").append(step.active().orElseThrow().hash());
    }
    return CommandFailed.refused(
        "CAS has another session `%s` (%s)%s; nothing was registered. To replace what is shown above, give%s"
            .formatted(
                first.name(),
                why,
                foreign.size() == 1 ? "" : " and %d more".formatted(foreign.size() - 1),
                options));
  }
}
