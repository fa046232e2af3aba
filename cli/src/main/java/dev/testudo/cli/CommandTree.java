package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;

import dev.testudo.cli.collateral.Intakes;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.gramine.GramineException;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.registry.RegistryException;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.vm.VmException;
import dev.testudo.volume.VolumeException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Builds the tree of all commands and handles what they throw.
final class CommandTree {
  private CommandTree() {}

  /// Returns the root of the commands, ready to run one of them.
  static CommandLine build(CliContext context) {
    var root = new CommandLine(new Root());
    root.addSubcommand(new CheckCommand(context));
    root.addSubcommand(new ApplyCommand(context));
    root.addSubcommand(new DiffCommand(context));
    root.addSubcommand(new GraphCommand(context));
    root.addSubcommand(new ConvertCommand(context));
    root.addSubcommand(new UpCommand(context));
    root.addSubcommand(ImageCommand.build(context));
    root.addSubcommand(new SconifyCommand(context));
    root.addSubcommand(SessionCommand.build(context));
    root.addSubcommand(TokenCommand.build(context));
    root.addSubcommand(VolumeCommand.build(context));
    root.addSubcommand(CasCommand.build(context));
    root.addSubcommand(AttestCommand.build(context));
    root.addSubcommand(VmCommand.build(context));
    root.addSubcommand(GramineCommand.build(context));
    root.addSubcommand(IdentityCommand.build(context));
    root.addSubcommand(new AgentGroup());
    root.addSubcommand(ShieldCommand.build(context));
    root.addSubcommand(new OperatorCommand());
    root.addSubcommand(new ExplainCommand(context));
    root.addSubcommand(new CompletionCommand(context));
    root.addSubcommand(new ManualCommand(context));
    root.addSubcommand(new VersionCommand(context));
    complete(root);
    return root.setOut(writer(context.streams().out()))
        .setErr(writer(context.streams().err()))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpAutoWidth(false)
        .setParameterExceptionHandler((wrong, _) -> usage(wrong))
        .setExecutionExceptionHandler((thrown, _, _) -> failed(thrown, context.streams().err()));
  }

  /// Adds the options that every command has.
  private static void complete(CommandLine command) {
    command
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Prints this help.")
                .build())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Prints the version.")
                .build())
        .versionProvider(new VersionCommand());
    if (command.getCommand() instanceof CommandGroup group) {
      command.getCommandSpec().usageMessage().customSynopsis(group.synopsis());
      command
          .getHelpSectionMap()
          .put(SECTION_KEY_COMMAND_LIST, help -> group.list(help, command.getSubcommands()));
    }
    command.getSubcommands().values().forEach(CommandTree::complete);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, UTF_8);
  }

  @Command(
      name = "testudo",
      description = "Runs unmodified services as confidential services.",
      footer = {
        "",
        "Exit codes: 0 done, 1 the input is wrong, 2 usage, 3 the environment failed,",
        "4 refused, 70 a defect in Testudo."
      })
  private static final class Root extends CommandGroup {}

  @Command(name = "agent", description = "Attests one service and runs it.")
  private static final class AgentGroup extends CommandGroup {
    AgentGroup() {
      super(
          new TreeMap<>(
              Map.of(
                  "node-mounter", "Mounts the volumes of pods that may not mount themselves.",
                  "run",
                      "Runs one service of a mesh on a platform. `testudo up` runs all of them.")));
    }
  }

  private static int usage(ParameterException wrong) {
    var command = wrong.getCommandLine();
    var err = command.getErr();
    err.println("testudo: " + Printable.lines(problem(wrong)));
    var suggestions =
        wrong instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.<String>of();
    if (!suggestions.isEmpty()) {
      err.println("testudo: did you mean `" + suggestions.getFirst() + "`?");
    }
    var name = command.getCommandSpec().qualifiedName();
    err.println("testudo: see `" + name + " --help`");
    return ExitCode.USAGE.number();
  }

  private static String problem(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      var first = unmatched.getUnmatched().getFirst();
      if (unmatched.isUnknownOption()) {
        return "`%s` is not an option".formatted(first);
      }
      return unmatched.getCommandLine().getSubcommands().isEmpty()
          ? "`%s` is one argument too many".formatted(first)
          : "`%s` is not a command".formatted(first);
    }
    return lowerFirst(String.valueOf(wrong.getMessage()));
  }

  private static String lowerFirst(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + text.substring(1);
  }

  /// Prints an exception as one line and returns the exit code. Only a bug of ours
  /// prints a stack trace.
  static int failed(Throwable thrown, PrintStream err) {
    return switch (thrown) {
      case CommandFailed failed -> say(err, failed.code(), failed.line());
      case AttestationException refused ->
          say(err, ExitCode.REFUSED, String.valueOf(refused.getMessage()));
      case CasException answer -> say(err, code(answer), "CAS: " + answer.getMessage());
      case RegistryException registry -> say(err, code(registry), registry.getMessage());
      case VmException part -> say(err, ExitCode.INPUT_WRONG, CommandFailed.reason(part));
      case GramineException part -> say(err, ExitCode.INPUT_WRONG, CommandFailed.reason(part));
      case ImageException image -> say(err, ExitCode.INPUT_WRONG, CommandFailed.reason(image));
      case VolumeException volume -> say(err, code(volume.kind()), CommandFailed.reason(volume));
      case CollateralException document ->
          say(err, Intakes.code(document), CommandFailed.reason(document));
      case IOException world -> say(err, ExitCode.ENVIRONMENT_FAILED, CommandFailed.reason(world));
      case InterruptedException _ -> say(err, ExitCode.ENVIRONMENT_FAILED, "interrupted");
      default -> {
        thrown.printStackTrace(err);
        yield say(err, ExitCode.BUG, "this is a bug in Testudo; please report the lines above");
      }
    };
  }

  /// Returns the exit code for an answer of CAS. Lack of permission is a refusal; a request that
  /// CAS rejects otherwise is wrong input.
  private static ExitCode code(CasException answer) {
    return switch (answer.status()) {
      case 401, 403 -> ExitCode.REFUSED;
      default -> answer.isRefusal() ? ExitCode.INPUT_WRONG : ExitCode.ENVIRONMENT_FAILED;
    };
  }

  private static ExitCode code(RegistryException registry) {
    return switch (registry.fault()) {
      case UNAUTHORIZED, FORBIDDEN -> ExitCode.REFUSED;
      default -> ExitCode.ENVIRONMENT_FAILED;
    };
  }

  private static ExitCode code(VolumeException.Kind kind) {
    return switch (kind) {
      case DAMAGED -> ExitCode.INPUT_WRONG;
      case WRONG_KEY, OTHER_STATE, ROLLED_BACK, OTHER_HISTORY, GONE -> ExitCode.REFUSED;
      case MISSING, UNSUPPORTED, NOT_EMPTY, IN_USE -> ExitCode.ENVIRONMENT_FAILED;
    };
  }

  private static int say(PrintStream err, ExitCode code, String line) {
    // The line may quote CAS, a file or the user.
    err.println("testudo: " + Printable.lines(line));
    return code.number();
  }
}
