package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.trust.channel.PredecessorLine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option that says which session a file replaces.
final class OverOption {
  @Option(
      names = "--over",
      paramLabel = "HASH",
      description = "The hash of the session to replace, if the file does not contain it.")
  private @Nullable String over;

  /// Returns the text of the session with the predecessor that the file or the option names; empty
  /// if neither does.
  Optional<String> yaml(Session session) throws CommandFailed {
    var named = session.lineage().predecessor();
    var given = hash();
    if (over != null && given.isEmpty()) {
      throw CommandFailed.usage("`%s` is not the hash of a session".formatted(over));
    }
    if (named.isPresent() && given.isPresent() && !named.equals(given)) {
      throw CommandFailed.usage(
          "--over and the `predecessor` of the file differ; which one is meant?");
    }
    var text = session.source().text();
    return named.isPresent()
        ? Optional.of(text)
        : given.map(hash -> PredecessorLine.withPredecessor(text, hash.hex()));
  }

  /// Returns the hash that the option gives.
  Optional<SessionHash> hash() {
    return Optional.ofNullable(over).flatMap(SessionHash::parse);
  }

  /// Returns the failure of a command whose user has not said what to replace.
  static CommandFailed missing(Session session) {
    return CommandFailed.usage(
        "the file names no `predecessor`, and the active session may have others' changes; begin"
            + " with `testudo session read %s --for-update`, or give --over HASH"
                .formatted(session.name()));
  }
}
