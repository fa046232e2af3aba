package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo session update`.
@Command(
    name = "update",
    description = {
      "Replaces the active session of that name and prints the new hash.",
      "`predecessor` in the file, or --over, gives the hash of the session to replace. If a different session is active, the command replaces nothing and exits with code 4. `testudo session read NAME --for-update` prints a session to start from.",
      "With --bundle, registers the session of a bundle that others have signed, also a new one."
    })
final class SessionUpdate implements Callable<Integer> {
  private final CliContext context;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The file with the session.")
  private @Nullable Path file;

  @Mixin private VariableOptions variables = new VariableOptions();
  @Mixin private OverOption over = new OverOption();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private CasClientOptions cas = new CasClientOptions();

  @Option(
      names = "--bundle",
      paramLabel = "BUNDLE",
      description =
          "The bundle to register, also an encrypted one, instead of FILE; see `testudo session sign`.")
  private @Nullable Path bundle;

  @Option(
      names = "--dry-run",
      description = "Shows what would change, like `testudo session diff`, and changes nothing.")
  private boolean dryRun;

  SessionUpdate(CliContext context) {
    this.context = context;
  }

  /// A request that registers a session.
  @FunctionalInterface
  private interface Registering {
    String with(CasClient client) throws IOException;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (bundle != null && dryRun) {
      throw CommandFailed.usage("`testudo session status` shows what a bundle would change");
    }
    if (bundle != null && file == null) {
      return registerBundle(bundle);
    }
    if (file == null || bundle != null) {
      throw CommandFailed.usage("give either FILE or --bundle BUNDLE");
    }
    var session = SessionFile.read(file, variables, context);
    var yaml = over.yaml(session).orElseThrow(() -> OverOption.missing(session));
    if (dryRun) {
      try (var client = cas.client(context)) {
        return SessionDiffCommand.show(context, client.diff(yaml), json.isGiven());
      }
    }
    return register(session.name().value(), client -> client.createSession(yaml));
  }

  private int registerBundle(Path file) throws IOException, CommandFailed {
    var encrypted = BundleFile.encrypted(file);
    if (encrypted.isPresent()) {
      return register("NAME", client -> client.registerEncrypted(encrypted.get()));
    }
    var read = BundleFile.read(file);
    return register(read.message().session().value(), client -> client.registerBundle(read));
  }

  private int register(String name, Registering request) throws IOException, CommandFailed {
    try (var client = cas.client(context)) {
      client.onWarning(warning -> SessionCommand.warn(context, warning));
      SessionCommand.tellHash(context, json, request.with(client));
    } catch (CasException e) {
      if (e.problem().id().equals("wrong-predecessor")) {
        throw CommandFailed.refused(
            "%s; see `testudo session read %s`".formatted(e.getMessage(), name));
      }
      throw e;
    }
    return 0;
  }
}
