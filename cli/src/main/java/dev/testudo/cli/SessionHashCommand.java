package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo session hash`.
@Command(
    name = "hash",
    description = {
      "Prints the hash that a session has once it is registered, without a CAS.",
      "The hash depends on the text, with its `predecessor`, and on the key that created the first revision."
    })
final class SessionHashCommand implements Callable<Integer> {
  private final CliContext context;
  @Mixin private SessionFile arguments = new SessionFile();

  @Option(
      names = "--creator",
      paramLabel = "HASH",
      description = "The hash of the creator's key (default: the one of your identity).")
  private @Nullable String creator;

  @Mixin private JsonOption json = new JsonOption();

  SessionHashCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var session = arguments.session(context);
    var hash = SessionHash.of(creator().text(), session.source().text());
    SessionCommand.tellHash(context, json, hash.hex());
    return 0;
  }

  private KeyHash creator() throws IOException, CommandFailed {
    return creator == null
        ? Identities.kept(KnownCas.identity(context)).keyHash()
        : CasClientOptions.hash(creator);
  }
}
