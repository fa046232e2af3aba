package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo session`: sessions in files and in a CAS.
@Command(
    name = "session",
    description = "Checks sessions, registers them with a CAS, and reads them from it.")
final class SessionCommand extends CommandGroup {

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new SessionCommand());
    all.addSubcommand(new SessionCheck(context));
    all.addSubcommand(new SessionSchema(context));
    all.addSubcommand(new Create(context));
    all.addSubcommand(new SessionUpdate(context));
    all.addSubcommand(new Read(context));
    all.addSubcommand(new Verify(context));
    all.addSubcommand(new SessionList(context));
    all.addSubcommand(new SessionDiffCommand(context));
    all.addSubcommand(new SessionDelete(context));
    all.addSubcommand(new SessionHashCommand(context));
    all.addSubcommand(new SessionSign(context));
    all.addSubcommand(new SessionApprove(context));
    all.addSubcommand(new SessionStatus(context));
    all.addSubcommand(new SessionManifest(context));
    all.addSubcommand(new SessionEncrypt(context));
    all.addSubcommand(new SessionRefusals(context));
    return all;
  }

  static void warn(CliContext context, String warning) {
    context.streams().err().println("testudo: warning: " + Printable.of(warning));
  }

  /// Prints the hash of a session.
  static void tellHash(CliContext context, JsonOption json, String hash) {
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(new JsonBuilder().put("hash", hash), out);
    } else {
      out.println(hash);
    }
  }

  /// The command `testudo session create`.
  @Command(name = "create", description = "Registers a session and prints its hash.")
  static final class Create implements Callable<Integer> {
    private final CliContext context;
    @Mixin private SessionFile arguments = new SessionFile();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    Create(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var session = arguments.session(context);
      try (var client = cas.client(context)) {
        client.onWarning(warning -> warn(context, warning));
        tellHash(context, json, client.createSession(session.source().text()));
      }
      return 0;
    }
  }

  /// The command `testudo session read`.
  @Command(
      name = "read",
      description = {
        "Prints the active session of that name.",
        "The states of its volumes and who has them go to standard error."
      })
  static final class Read implements Callable<Integer> {
    private final CliContext context;

    @Parameters(paramLabel = "NAME", description = "The name of the session.")
    private String name = "";

    @Option(
        names = "--for-update",
        description = "Adds the hash as `predecessor`, which an update needs.")
    private boolean forUpdate;

    @Mixin private JsonOption json = new JsonOption();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    Read(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      try (var client = cas.client(context)) {
        var active = client.readSession(name);
        var yaml =
            forUpdate
                ? PredecessorLine.withPredecessor(active.yaml(), active.hash())
                : active.yaml();
        var out = context.streams().out();
        if (json.isGiven()) {
          var answer = new SessionReply(yaml, active.hash(), active.creator());
          JsonOption.print(answer.encode(), out);
        } else {
          out.print(yaml);
          out.flush();
          tellVolumes(client, active.yaml());
        }
        out.flush();
      }
      return 0;
    }

    /// Tells the states of the volumes, which are not part of the text.
    private void tellVolumes(CasClient client, String yaml) throws IOException {
      var parsed = SessionName.parse(name);
      if (parsed.isPresent() && yaml.contains("volumes")) {
        var err = context.streams().err();
        client.volumes(parsed.get()).forEach(one -> err.println(VolumeCommand.line(one)));
      }
    }
  }

  /// The command `testudo session verify`.
  @Command(
      name = "verify",
      description = {
        "Compares a session with the active one and prints the hash if they are equal.",
        "Exits with code 1 if they differ."
      })
  static final class Verify implements Callable<Integer> {
    private final CliContext context;
    @Mixin private SessionFile arguments = new SessionFile();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    Verify(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var session = arguments.session(context);
      try (var client = cas.client(context)) {
        var active = client.readSession(session.name().value());
        if (!PredecessorLine.withoutPredecessor(active.yaml())
            .equals(PredecessorLine.withoutPredecessor(session.source().text()))) {
          throw CommandFailed.input(
              "session `%s` in CAS differs from the file; see `testudo session read %s`"
                  .formatted(session.name(), session.name()));
        }
        tellHash(context, json, active.hash());
      }
      return ExitCode.DONE.number();
    }
  }
}
