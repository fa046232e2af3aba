package dev.testudo.agent.single;

import dev.testudo.agent.AgentFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The options of `testudo shield run` or `learn`.
///
/// @param envFile a file with rules
/// @param drain how long connections may continue after SIGTERM
/// @param connections whether to report when connections begin and end
/// @param output the file for the proposed rules
/// @param program the program and its arguments; empty if help is requested
record ShieldOptions(
    Optional<Path> envFile,
    Duration drain,
    boolean connections,
    Optional<Path> output,
    List<String> program) {
  /// The option without a value.
  static final String CONNECTIONS = "--connections";

  static final Duration DRAIN = Duration.ofSeconds(10);

  private static final Duration LONGEST_DRAIN = Duration.ofHours(24);
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)?");

  /// Parses the options of one of the two commands.
  ///
  /// @param own the options of this command; all but [#CONNECTIONS] have a value
  static ShieldOptions parse(List<String> args, List<String> own, String usage)
      throws AgentFailure {
    var envFile = Optional.<Path>empty();
    var output = Optional.<Path>empty();
    var drain = DRAIN;
    var connections = false;
    var rest = args.iterator();
    while (rest.hasNext()) {
      var name = rest.next();
      if (name.equals("--help") || name.equals("-h")) {
        return new ShieldOptions(envFile, drain, connections, output, List.of());
      }
      if (name.equals("--") || !name.startsWith("-")) {
        var program = new ArrayList<String>();
        if (!name.equals("--")) {
          program.add(name);
        }
        rest.forEachRemaining(program::add);
        if (program.isEmpty()) {
          throw usage("no program is named after `--`", usage);
        }
        return new ShieldOptions(envFile, drain, connections, output, List.copyOf(program));
      }
      var equals = name.indexOf('=');
      var option = equals < 0 ? name : name.substring(0, equals);
      if (!own.contains(option)) {
        throw usage("`" + option + "` is not an option", usage);
      }
      if (name.equals(CONNECTIONS)) {
        connections = true;
        continue;
      }
      if (equals < 0 && !rest.hasNext()) {
        throw usage("`" + option + "` needs a value", usage);
      }
      var value = equals < 0 ? rest.next() : name.substring(equals + 1);
      switch (option) {
        case "--env-file" -> envFile = Optional.of(Path.of(value));
        case "--drain" -> drain = duration(value, usage);
        case "-o", "--output" -> output = Optional.of(Path.of(value));
        case CONNECTIONS -> throw usage("`" + option + "` takes no value", usage);
        default -> throw new IllegalArgumentException(option);
      }
    }
    throw usage("no program is named", usage);
  }

  private static Duration duration(String text, String usage) throws AgentFailure {
    var parts = DURATION.matcher(text);
    if (parts.matches()) {
      var number = Long.parseLong(parts.group(1));
      var unit = parts.group(2) == null ? "s" : parts.group(2);
      var duration =
          switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
          };
      if (duration.compareTo(LONGEST_DRAIN) <= 0) {
        return duration;
      }
    }
    throw usage("`" + text + "` is not a duration such as `10s`, of 24 hours at most", usage);
  }

  private static AgentFailure usage(String problem, String usage) {
    return AgentFailure.usage(problem + "; " + usage);
  }
}
