package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.report.Reporter;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.Shield;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.InjectedFile;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A service whose program runs. It can get new identities and trust for its shield, and new
/// content for its injected files. Everything else of a configuration counts at the next start.
final class LiveService {
  private final Replacement replacement;
  private final Shield shield;
  private final Reporter reporter;

  /// What the program finds in its injected files, by path.
  private final Map<String, State> files = new HashMap<>();

  /// The state of a file. Its content is not kept.
  private record State(int mode, String sha256) {
    static State of(InjectedFile file) {
      return new State(file.mode(), file.content().reveal(State::hash));
    }

    private static String hash(byte[] bytes) {
      try {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }

  /// Lets the program find other content in injected files.
  interface Replacement {
    /// Replaces the files. Each is replaced for itself, and never seen in part.
    void replace(List<InjectedFile> files) throws IOException, InterruptedException;
  }

  /// @param replacement how injected files are replaced
  /// @param configuration what the program is started with
  LiveService(
      Replacement replacement, Shield shield, Configuration configuration, Reporter reporter) {
    this.replacement = replacement;
    this.shield = shield;
    this.reporter = reporter;
    configuration.files().forEach(file -> files.put(file.path(), State.of(file)));
  }

  /// Gives the service the values of a newer configuration, and returns what has changed, for
  /// people to read.
  List<String> apply(Configuration next) throws AgentFailure, InterruptedException {
    var changes = new ArrayList<String>();
    for (var path : replaceFiles(next.files())) {
      changes.add("file " + path);
    }
    changes.addAll(reload(next));
    return changes;
  }

  private List<String> replaceFiles(List<InjectedFile> next)
      throws AgentFailure, InterruptedException {
    var wanted = new TreeMap<String, InjectedFile>();
    next.forEach(file -> wanted.put(file.path(), file));
    var changed = new ArrayList<InjectedFile>();
    var states = new TreeMap<String, State>();
    for (var file : wanted.values()) {
      var state = State.of(file);
      if (!files.containsKey(file.path())) {
        reporter.say("the policy has a new file, which the next start places: " + file.path());
      } else if (!state.equals(files.get(file.path()))) {
        changed.add(file);
        states.put(file.path(), state);
      }
    }
    if (!changed.isEmpty()) {
      try {
        replacement.replace(changed);
      } catch (IOException e) {
        throw AgentFailure.environment("replace injected files", e);
      }
      files.putAll(states);
    }
    return List.copyOf(states.keySet());
  }

  private List<String> reload(Configuration next) {
    return switch (ShieldVariables.read(next.environment()).then(shield::reload)) {
      case Parsed.Valid<List<String>>(var changes, _) -> changes;
      case Parsed.Invalid<List<String>>(var problems) -> {
        reporter.say(
            "the rules of the network shield stay as they were:\n"
                + Diagnostics.render(problems).stripTrailing());
        yield List.of();
      }
    };
  }
}
