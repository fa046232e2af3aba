package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo manual`.
@Command(
    name = "manual",
    description = {
      "Prints the man page of a command, or writes those of all commands.",
      "To read one: testudo manual session update | man -l -"
    })
final class ManualCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "The command, such as `session update` (default: testudo itself).")
  private List<String> words = List.of();

  @Option(
      names = "--write",
      paramLabel = "DIR",
      description =
          "Writes all pages into this directory, such as /usr/local/share/man/man1, and creates it.")
  private @Nullable Path directory;

  ManualCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var command = CommandTree.build(context);
    if (directory != null) {
      Files.createDirectories(directory);
      writeAll(command, directory);
      return ExitCode.DONE.number();
    }
    for (var word : words) {
      var next = command.getSubcommands().get(word);
      if (next == null) {
        throw CommandFailed.usage(
            "`%s` has no command `%s` with a man page"
                .formatted(command.getCommandSpec().qualifiedName(), word));
      }
      command = next;
    }
    context.streams().out().print(ManPage.of(command));
    context.streams().out().flush();
    return ExitCode.DONE.number();
  }

  private static void writeAll(CommandLine command, Path directory) throws IOException {
    var file = directory.resolve(ManPage.name(command) + ".1");
    Files.writeString(file, ManPage.of(command), UTF_8);
    for (var sub : command.getSubcommands().values()) {
      writeAll(sub, directory);
    }
  }
}
