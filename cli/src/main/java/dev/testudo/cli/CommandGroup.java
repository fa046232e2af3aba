package dev.testudo.cli;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A command that only groups other commands, one of which must follow.
abstract class CommandGroup implements Runnable {
  private static final int WIDTH = 80;

  private final Map<String, String> elsewhere;
  @Spec private @Nullable CommandSpec spec;

  CommandGroup() {
    this(Map.of());
  }

  /// Creates a group.
  ///
  /// @param elsewhere commands that the launcher handles before this code is reached, because the
  ///     command line never loads what they need; by name, with their descriptions. The help
  ///     lists them first.
  CommandGroup(Map<String, String> elsewhere) {
    this.elsewhere = elsewhere;
  }

  @Override
  public final void run() {
    throw new ParameterException(requireNonNull(spec).commandLine(), "a command is missing");
  }

  /// Returns the commands that the launcher handles, with their descriptions.
  Map<String, String> elsewhere() {
    return elsewhere;
  }

  String synopsis() {
    return requireNonNull(spec).qualifiedName() + " [-hV] COMMAND";
  }

  /// Returns the list of commands in the help text.
  String list(Help help, Map<String, CommandLine> own) {
    var all = new LinkedHashMap<>(elsewhere);
    own.forEach(
        (name, command) -> all.put(name, command.getCommandSpec().usageMessage().description()[0]));
    var widest = all.keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
    var table =
        TextTable.forColumns(
            help.colorScheme(),
            new Column(widest + 2, 2, Overflow.SPAN),
            new Column(WIDTH - widest - 2, 0, Overflow.WRAP));
    all.forEach(table::addRowValues);
    return (own.isEmpty() ? "Commands:%n".formatted() : "") + table;
  }
}
