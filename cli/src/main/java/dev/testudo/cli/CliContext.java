package dev.testudo.cli;

import dev.testudo.cli.terminal.Palette;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/// Everything a command may know of the process it runs in. `Main` fills it; nothing below reads
/// environment variables or system properties.
///
/// @param environment the process's environment variables
/// @param streams where input comes from and output goes
/// @param installation the executable this is part of
/// @param terminal whether a person watches: input and output are both a terminal
/// @param started when the launcher began, for the times shown to the user
/// @param insistence calls back each time the process is told to stop once more, from now on; for
///     a stop that is under way
public record CliContext(
    Map<String, String> environment,
    Streams streams,
    Installation installation,
    boolean terminal,
    Instant started,
    Consumer<Runnable> insistence) {

  public CliContext {
    environment = Map.copyOf(environment);
  }

  /// Colours for a person who has not set `NO_COLOR` (no-color.org).
  Palette palette() {
    return terminal && !environment.containsKey("NO_COLOR") ? Palette.COLOUR : Palette.PLAIN;
  }

  /// Standard input, output and error.
  public record Streams(InputStream in, PrintStream out, PrintStream err) {}

  /// Where Testudo lies.
  ///
  /// @param launcher the program that starts Testudo again (property `testudo.launcher`)
  /// @param lib the folder of its jars (property `testudo.lib`)
  /// @param javaHome the folder of the JDK that runs it (property `java.home`)
  public record Installation(Path launcher, Path lib, Path javaHome) {}
}
