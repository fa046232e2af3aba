package dev.testudo.cli;

import dev.testudo.cli.terminal.Palette;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/// Everything a command may know about its process. `Main` fills it in; nothing else reads
/// environment variables or system properties.
///
/// @param environment the environment variables of the process
/// @param streams standard input, output and error
/// @param installation the installation that the command is part of
/// @param terminal true if input and output are both a terminal
/// @param started when the launcher started, for elapsed times shown to the user
/// @param insistence registers a callback that runs each time the process is told again to stop,
///     for a command that is already stopping
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

  /// Returns the palette: colours on a terminal unless `NO_COLOR` is set (no-color.org).
  Palette palette() {
    return terminal && !environment.containsKey("NO_COLOR") ? Palette.COLOUR : Palette.PLAIN;
  }

  /// Standard input, output and error.
  public record Streams(InputStream in, PrintStream out, PrintStream err) {}

  /// The location of the Testudo installation.
  ///
  /// @param launcher the program that starts Testudo (property `testudo.launcher`)
  /// @param lib the directory of its jars (property `testudo.lib`)
  /// @param javaHome the directory of the JDK that runs it (property `java.home`)
  public record Installation(Path launcher, Path lib, Path javaHome) {}
}
