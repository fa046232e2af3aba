package dev.testudo.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The man page of a command in the macros of man(7), made from what the command says of itself.
final class ManPage {
  private static final String EXIT_CODES =
      """
      .SH EXIT STATUS
      .TP
      0
      done
      .TP
      1
      the input is wrong
      .TP
      2
      usage
      .TP
      3
      the environment failed
      .TP
      4
      refused
      .TP
      70
      a defect in Testudo
      """;

  private final StringBuilder page = new StringBuilder();
  private final CommandLine command;

  private ManPage(CommandLine command) {
    this.command = command;
  }

  /// Returns the name of the page, such as `testudo-session-update`.
  static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName("-");
  }

  /// Returns the page.
  static String of(CommandLine command) {
    return new ManPage(command).whole();
  }

  /// Returns the page of a command that the launcher handles.
  ///
  /// @param name the words of the command, such as `testudo cas serve`
  /// @param description what it does, in one sentence
  /// @param help its help text: usage, explanation, options and exit codes
  static String of(String name, String description, String help) {
    var page = new StringBuilder();
    var file = name.replace(' ', '-');
    page.append(title(file)).append("\n.SH NAME\n");
    page.append(escaped(file + " - " + description.replaceFirst("\\.$", ""))).append('\n');
    page.append(".SH SYNOPSIS\n.nf\n");
    var usage = true;
    for (var line : help.stripTrailing().split("\n", -1)) {
      if (usage && !line.startsWith("Usage: ") && !line.startsWith(" ")) {
        page.append(".fi\n.SH DESCRIPTION\n.nf\n");
        usage = false;
      }
      var text = escaped(line.startsWith("Usage: ") ? line.substring("Usage: ".length()) : line);
      page.append(text.startsWith(".") ? "\\&" + text : text).append('\n');
    }
    var parent = file.substring(0, file.lastIndexOf('-'));
    return page.append(".fi\n.SH SEE ALSO\n\\fB%s\\fR(1)\n".formatted(escaped(parent))).toString();
  }

  private static String title(String name) {
    return ".TH %s 1 \"\" \"Testudo %s\" \"Testudo\""
        .formatted(hyphens(name.toUpperCase(Locale.ROOT)), VersionCommand.version());
  }

  private String whole() {
    var spec = command.getCommandSpec();
    var description = List.of(spec.usageMessage().description());
    macro(title(name(command)));
    macro(".SH NAME");
    text(name(command) + " - " + description.getFirst().replaceFirst("\\.$", ""));
    macro(".SH SYNOPSIS");
    synopsis();
    if (description.size() > 1) {
      macro(".SH DESCRIPTION");
      for (var paragraph : description.subList(1, description.size())) {
        macro(".PP");
        text(paragraph);
      }
    }
    arguments();
    commands();
    page.append(EXIT_CODES);
    seeAlso();
    return page.toString();
  }

  private void synopsis() {
    var help = command.getHelp().synopsis(0).strip().replaceAll("\\s+", " ");
    var name = command.getCommandSpec().qualifiedName();
    var rest = help.startsWith(name) ? help.substring(name.length()) : help;
    page.append("\\fB").append(escaped(name)).append("\\fR").append(escaped(rest)).append('\n');
  }

  private void arguments() {
    var spec = command.getCommandSpec();
    var parameters = spec.positionalParameters();
    if (!parameters.isEmpty()) {
      macro(".SH ARGUMENTS");
      parameters.forEach(one -> item("\\fI%s\\fR".formatted(escaped(one.paramLabel())), one));
    }
    macro(".SH OPTIONS");
    spec.options().forEach(one -> item(names(one), one));
  }

  private static String names(OptionSpec option) {
    var label =
        option.arity().max() == 0 ? "" : "=\\fI%s\\fR".formatted(escaped(option.paramLabel()));
    return Arrays.stream(option.names())
            .map(name -> "\\fB%s\\fR".formatted(escaped(name)))
            .collect(Collectors.joining(", "))
        + label;
  }

  private void item(String head, ArgSpec argument) {
    macro(".TP");
    page.append(head).append('\n');
    text(String.join(" ", argument.description()));
  }

  private void commands() {
    var all = new LinkedHashMap<String, String>();
    if (command.getCommand() instanceof CommandGroup group) {
      group.elsewhere().forEach((name, what) -> all.put(name(command) + "-" + name, what));
    }
    for (var sub : command.getSubcommands().values()) {
      all.put(name(sub), sub.getCommandSpec().usageMessage().description()[0]);
    }
    if (!all.isEmpty()) {
      macro(".SH COMMANDS");
    }
    all.forEach(
        (name, what) -> {
          macro(".TP");
          page.append("\\fB%s\\fR(1)\n".formatted(escaped(name)));
          text(what);
        });
  }

  private void seeAlso() {
    var parent = command.getParent();
    if (parent != null) {
      macro(".SH SEE ALSO");
      page.append("\\fB%s\\fR(1)\n".formatted(escaped(name(parent))));
    }
  }

  private void macro(String line) {
    page.append(line).append('\n');
  }

  /// Adds a paragraph, one sentence a line, as man-pages(7) recommends.
  private void text(String paragraph) {
    for (var sentence : paragraph.strip().split("(?<=[.:]) +(?=[A-Z])", -1)) {
      var line = escaped(sentence);
      page.append(line.startsWith(".") ? "\\&" + line : line).append('\n');
    }
  }

  private static String escaped(String text) {
    return hyphens(text.replace("\\", "\\e")).replace("`", "\\(ga").replace("'", "\\(aq");
  }

  private static String hyphens(String text) {
    return text.replace("-", "\\-");
  }
}
