package dev.testudo.cli;

import static dev.testudo.trust.channel.PredecessorLine.withPredecessor;

import dev.testudo.cli.MeshComparison.Pair;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.deployment.SessionText;
import dev.testudo.policy.session.AccessPolicy;
import dev.testudo.policy.session.OpenPlace;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.channel.SessionReply;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/// Registers the sessions of a mesh with a CAS. A session that others may have changed is replaced
/// only if the user names its hash.
///
/// @param registration where and how
/// @param last the sessions registered from here
/// @param over hashes of sessions that may be replaced although they were registered from elsewhere
/// @param out for each session that is registered
/// @param err for differences
record MeshSessions(
    CasRegistration registration,
    LastRegistered last,
    Set<SessionHash> over,
    PrintStream out,
    PrintStream err) {
  MeshSessions {
    over = Set.copyOf(over);
  }

  /// Submits all sessions, or none if CAS has one that must not be replaced.
  void submit(List<SessionText> sessions) throws IOException, CommandFailed {
    var pairs = new MeshComparison(registration.client()).pairs(sessions);
    var foreign = pairs.stream().filter(this::isForeign).toList();
    if (!foreign.isEmpty()) {
      foreign.forEach(this::show);
      throw refused(foreign);
    }
    for (var pair : pairs) {
      var hash = submit(pair);
      last.put(registration.cas(), pair.name(), hash);
      out.println("session %s %s, hash %s".formatted(pair.name(), done(pair), hash.hex()));
    }
  }

  private String done(Pair pair) {
    return pair.isSame() ? "is registered" : registration.submission().done();
  }

  /// Returns true if the active session may have changes of others. It has none if it is the one
  /// that was registered from here last. If there is no record of that, because the target
  /// directory is new, it has none if only this user could change it.
  private boolean isForeign(Pair pair) {
    if (pair.active().isEmpty() || pair.isSame()) {
      return false;
    }
    var active = pair.active().get();
    var hash = SessionHash.parse(active.hash());
    if (hash.filter(over::contains).isPresent()) {
      return false;
    }
    var recorded = last.hash(registration.cas(), pair.name());
    return recorded.isPresent() ? !hash.equals(recorded) : !isMine(active);
  }

  /// Returns true if the user has created the session and nobody else may replace it.
  private boolean isMine(SessionReply active) {
    return active.creator().equals(registration.me().text())
        && SessionParser.stored(new SourceFile("session", active.yaml()))
            instanceof Parsed.Valid<Session>(var session, _)
        && !session.isOpen(OpenPlace.Area.ACCESS_POLICY)
        && session.accessPolicy().update().equals(AccessPolicy.DEFAULT.update());
  }

  /// Submits one session. CAS refuses if the active session has changed since it was read.
  private SessionHash submit(Pair pair) throws IOException, CommandFailed {
    if (pair.isSame()) {
      return hash(pair.active().orElseThrow().hash());
    }
    var yaml =
        pair.active()
            .map(active -> withPredecessor(pair.wanted().yaml(), active.hash()))
            .orElse(pair.wanted().yaml());
    return hash(registration.submission().submit(pair.name(), yaml, pair.active()));
  }

  private static SessionHash hash(String text) throws CommandFailed {
    return SessionHash.parse(text)
        .orElseThrow(() -> CommandFailed.environment("CAS answered with a malformed hash"));
  }

  private void show(Pair pair) {
    err.println("session `%s` in CAS (-) and here (+):".formatted(pair.name()));
    var lines = pair.difference();
    if (lines.isEmpty()) {
      err.println("  only values that are not shown differ");
    }
    lines.forEach(line -> err.println("  " + line));
  }

  private CommandFailed refused(List<Pair> foreign) {
    var first = foreign.getFirst();
    var why =
        last.hash(registration.cas(), first.name())
            .map(hash -> "%s was registered from here last".formatted(hash.hex()))
            .orElse("none was registered from here, and others may change it");
    var options = new StringBuilder();
    for (var pair : foreign) {
      options.append(" --over ").append(pair.active().orElseThrow().hash());
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
