package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Printable;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SessionTemplate;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.PredecessorLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    all.addSubcommand(new Check(context));
    all.addSubcommand(new Create(context));
    all.addSubcommand(new Update(context));
    all.addSubcommand(new Read(context));
    all.addSubcommand(new Verify(context));
    all.addSubcommand(new SessionDelete(context));
    return all;
  }

  /// The argument for a session in a file, with its variables.
  private static final class FileArguments {
    @Parameters(paramLabel = "FILE", description = "The file with the session.")
    private Path file = Path.of("session.yaml");

    @Mixin private VariableOptions variables = new VariableOptions();

    /// Returns the session as CAS will read it.
    Session session(CliContext context) throws CommandFailed {
      var findings = new Findings(context.streams().err());
      SourceFile expanded =
          findings.need(
              SessionTemplate.expand(SourceFiles.read(file), variables.all(context.environment())));
      return findings.need(SessionParser.read(expanded));
    }
  }

  /// The command `testudo session check`.
  @Command(
      name = "check",
      description = "Checks a session and prints it with its variables replaced.")
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

  private static void warn(CliContext context, String warning) {
    context.streams().err().println("testudo: warning: " + Printable.of(warning));
  }

  /// The command `testudo session create`.
  @Command(name = "create", description = "Registers a session and prints its hash.")
  static final class Create implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArguments arguments = new FileArguments();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    Create(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var session = arguments.session(context);
      try (var client = cas.client(context)) {
        client.onWarning(warning -> warn(context, warning));
        context.streams().out().println(client.createSession(session.source().text()));
      }
      return 0;
    }
  }

  /// The command `testudo session update`.
  @Command(
      name = "update",
      description = {
        "Replaces the active session of that name and prints the new hash.",
        "`predecessor` in the file, or --over, gives the hash of the session to replace. If a different session is active, the command replaces nothing and exits with code 4. `testudo session read NAME --for-update` prints a session to start from."
      })
  static final class Update implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArguments arguments = new FileArguments();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    @Option(
        names = "--over",
        paramLabel = "HASH",
        description = "The hash of the session to replace, if the file does not contain it.")
    private @Nullable String over;

    Update(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var session = arguments.session(context);
      var yaml = withPredecessor(session);
      try (var client = cas.client(context)) {
        client.onWarning(warning -> warn(context, warning));
        context.streams().out().println(client.createSession(yaml));
      } catch (CasException e) {
        if (e.problem().id().equals("wrong-predecessor")) {
          throw CommandFailed.refused(
              "%s; see `testudo session read %s`".formatted(e.getMessage(), session.name()));
        }
        throw e;
      }
      return 0;
    }

    private String withPredecessor(Session session) throws CommandFailed {
      var named = session.lineage().predecessor();
      var given = Optional.ofNullable(over).flatMap(SessionHash::parse);
      if (over != null && given.isEmpty()) {
        throw CommandFailed.usage("`%s` is not the hash of a session".formatted(over));
      }
      if (named.isEmpty() && given.isEmpty()) {
        throw CommandFailed.usage(
            "the file names no `predecessor`, and the active session may have others' changes; begin"
                + " with `testudo session read %s --for-update`, or give --over HASH"
                    .formatted(session.name()));
      }
      if (named.isPresent() && given.isPresent() && !named.equals(given)) {
        throw CommandFailed.usage(
            "--over and the `predecessor` of the file differ; which one is meant?");
      }
      var text = session.source().text();
      return named.isPresent()
          ? text
          : PredecessorLine.withPredecessor(text, given.orElseThrow().hex());
    }
  }

  /// The command `testudo session read`.
  @Command(name = "read", description = "Prints the active session of that name.")
  static final class Read implements Callable<Integer> {
    private final CliContext context;

    @Parameters(paramLabel = "NAME", description = "The name of the session.")
    private String name = "";

    @Option(
        names = "--for-update",
        description = "Adds the hash as `predecessor`, which an update needs.")
    private boolean forUpdate;

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
        context.streams().out().print(yaml);
        context.streams().out().flush();
      }
      return 0;
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
    @Mixin private FileArguments arguments = new FileArguments();
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
        context.streams().out().println(active.hash());
      }
      return ExitCode.DONE.number();
    }
  }
}
