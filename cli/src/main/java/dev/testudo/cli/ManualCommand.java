package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
  private static final int MOST_BYTES = 1 << 20;
  private static final int PATIENCE_SECONDS = 60;

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
    context.streams().out().print(page(command));
    context.streams().out().flush();
    return ExitCode.DONE.number();
  }

  private String page(CommandLine root) throws IOException, CommandFailed {
    var command = root;
    for (var i = 0; i < words.size(); i++) {
      var word = words.get(i);
      if (i == words.size() - 1 && elsewhere(command).containsKey(word)) {
        return pageElsewhere(command, word);
      }
      var next = command.getSubcommands().get(word);
      if (next == null) {
        throw CommandFailed.usage(
            "`%s` has no command `%s`".formatted(command.getCommandSpec().qualifiedName(), word));
      }
      command = next;
    }
    return ManPage.of(command);
  }

  private static Map<String, String> elsewhere(CommandLine command) {
    return command.getCommand() instanceof CommandGroup group ? group.elsewhere() : Map.of();
  }

  /// Returns the page of a command that the launcher handles, which prints its help itself.
  private String pageElsewhere(CommandLine group, String name) throws IOException {
    var whole = group.getCommandSpec().qualifiedName() + " " + name;
    var command = new ArrayList<>(List.of(context.installation().launcher().toString()));
    command.addAll(List.of(whole.split(" ", -1)).subList(1, whole.split(" ", -1).length));
    command.add("--help");
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      process.getOutputStream().close();
      var help = new String(process.getInputStream().readNBytes(MOST_BYTES), UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("`%s --help` failed".formatted(whole));
      }
      return ManPage.of(whole, elsewhere(group).getOrDefault(name, ""), help);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private void writeAll(CommandLine command, Path directory) throws IOException {
    var name = ManPage.name(command);
    Files.writeString(directory.resolve(name + ".1"), ManPage.of(command), UTF_8);
    for (var other : elsewhere(command).keySet()) {
      var file = directory.resolve(name + "-" + other + ".1");
      Files.writeString(file, pageElsewhere(command, other), UTF_8);
    }
    for (var sub : command.getSubcommands().values()) {
      writeAll(sub, directory);
    }
  }
}
