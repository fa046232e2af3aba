package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/// The command `testudo completion`.
@Command(
    name = "completion",
    description = {
      "Prints a script with which a shell completes commands and options.",
      "For bash: source <(testudo completion bash). For zsh, in a file that is read after compinit: source <(testudo completion zsh)."
    })
final class CompletionCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "SHELL", description = "The shell: bash or zsh.")
  private String shell = "";

  CompletionCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailed {
    var out = context.streams().out();
    switch (shell) {
      case "bash" -> {}
      case "zsh" -> out.println("autoload -U +X bashcompinit && bashcompinit");
      default -> throw CommandFailed.usage("`%s` is not bash or zsh".formatted(shell));
    }
    var root = CommandTree.build(context);
    addElsewhere(root);
    out.print(AutoComplete.bash("testudo", root));
    out.flush();
    return ExitCode.DONE.number();
  }

  /// Adds the names of the commands that the launcher handles.
  private static void addElsewhere(CommandLine command) {
    command.getSubcommands().values().forEach(CompletionCommand::addElsewhere);
    if (command.getCommand() instanceof CommandGroup group) {
      group.elsewhere().keySet().forEach(name -> command.addSubcommand(name, CommandSpec.create()));
    }
  }
}
