package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SessionTemplate;
import dev.testudo.trust.channel.SessionText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `testudo session …`: sessions as files, and as a CAS holds them.
@Command(
    name = "session",
    description = "Checks sessions and exchanges them with a CAS.",
    mixinStandardHelpOptions = true)
final class SessionCommand extends CommandGroup {

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new SessionCommand());
    all.addSubcommand(new Check(context));
    all.addSubcommand(new Create(context));
    all.addSubcommand(new Update(context));
    all.addSubcommand(new Read(context));
    all.addSubcommand(new Verify(context));
    return all;
  }

  /// A session in a file, its variables replaced.
  private static final class FileArguments {
    @Parameters(paramLabel = "FILE", description = "The session.")
    private Path file = Path.of("session.yaml");

    @Mixin private VariableOptions variables = new VariableOptions();

    /// The session as CAS will read it.
    Session session(CliContext context) throws CommandFailed {
      var findings = new Findings(context.streams().err());
      SourceFile expanded =
          findings.need(
              SessionTemplate.expand(SourceFiles.read(file), variables.all(context.environment())));
      return findings.need(Session.read(expanded));
    }
  }

  /// `testudo session check`.
  @Command(
      name = "check",
      description = "Checks a session and prints it with its variables replaced.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArguments arguments = new FileArguments();

    Check(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws CommandFailed {
      context.streams().out().print(arguments.session(context).source().text());
      context.streams().out().flush();
      return 0;
    }
  }

  /// `testudo session create`.
  @Command(
      name = "create",
      description = "Registers a session and prints its hash.",
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArguments arguments = new FileArguments();
    @Mixin private CasOptions cas = new CasOptions();

    Create(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var session = arguments.session(context);
      try (var client = cas.client(context)) {
        context.streams().out().println(client.createSession(session.source().text()));
      }
      return 0;
    }
  }

  /// `testudo session update`.
  @Command(
      name = "update",
      description = "Replaces the active session of that name and prints the new hash.",
      mixinStandardHelpOptions = true)
  static final class Update implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArguments arguments = new FileArguments();
    @Mixin private CasOptions cas = new CasOptions();

    Update(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var session = arguments.session(context);
      try (var client = cas.client(context)) {
        context
            .streams()
            .out()
            .println(client.updateSession(session.name().value(), session.source().text()));
      }
      return 0;
    }
  }

  /// `testudo session read`.
  @Command(
      name = "read",
      description = "Prints the active session of that name.",
      mixinStandardHelpOptions = true)
  static final class Read implements Callable<Integer> {
    private final CliContext context;

    @Parameters(paramLabel = "NAME", description = "The session's name.")
    private String name = "";

    @Mixin private CasOptions cas = new CasOptions();

    Read(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      try (var client = cas.client(context)) {
        context.streams().out().print(client.readSession(name).yaml());
        context.streams().out().flush();
      }
      return 0;
    }
  }

  /// `testudo session verify`.
  @Command(
      name = "verify",
      description = "Compares a session with the active one and prints the hash if they agree.",
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArguments arguments = new FileArguments();
    @Mixin private CasOptions cas = new CasOptions();

    Verify(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var session = arguments.session(context);
      try (var client = cas.client(context)) {
        var active = client.readSession(session.name().value());
        if (!SessionText.withoutPredecessor(active.yaml())
            .equals(SessionText.withoutPredecessor(session.source().text()))) {
          throw CommandFailed.input(
              "session `%s` in CAS differs from the file; see `testudo session read %s`"
                  .formatted(session.name(), session.name()));
        }
        context.streams().out().println(active.hash());
      }
      return ExitCode.DONE.number();
    }
  }
}
