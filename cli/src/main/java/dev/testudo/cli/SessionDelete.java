package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo session delete`.
@Command(
    name = "delete",
    description = {
      "Deletes a session permanently, with all its revisions, secrets and join tokens.",
      "--hash gives the hash of the session to delete. If a different session is active, the command deletes nothing and exits with code 4. `testudo session read NAME --for-update` prints the active session with its hash.",
      "A session that is registered under the name later gets new secrets. It also gets everything that other sessions export to the name."
    })
final class SessionDelete implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "NAME", description = "The name of the session.")
  private String name = "";

  @Option(
      names = "--hash",
      paramLabel = "HASH",
      description = "The hash of the session that you have seen (required).")
  private @Nullable String hash;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private CasClientOptions cas = new CasClientOptions();

  SessionDelete(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (SessionName.parse(name).isEmpty()) {
      throw CommandFailed.usage("`%s` is not the name of a session".formatted(name));
    }
    if (hash == null) {
      throw CommandFailed.usage(
          "deletion is final, and the active session may have others' changes; look at it with"
              + " `testudo session read %s --for-update` and give its --hash HASH".formatted(name));
    }
    var seen =
        Optional.of(hash)
            .flatMap(SessionHash::parse)
            .orElseThrow(
                () -> CommandFailed.usage("`%s` is not the hash of a session".formatted(hash)));
    try (var client = cas.client(context)) {
      client.deleteSession(name, seen.hex());
    } catch (CasException e) {
      if (e.problem().id().equals("wrong-predecessor")) {
        throw CommandFailed.refused(
            "%s; see `testudo session read %s`".formatted(e.getMessage(), name));
      }
      throw e;
    }
    tell(seen);
    return 0;
  }

  private void tell(SessionHash deleted) {
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(new JsonBuilder().put("session", name).put("hash", deleted.hex()), out);
    } else {
      out.println("session %s deleted, hash was %s".formatted(name, deleted.hex()));
    }
  }
}
