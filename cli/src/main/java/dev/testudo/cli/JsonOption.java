package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import picocli.CommandLine.Option;

/// The option of commands that print text or JSON.
final class JsonOption {
  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  /// Returns true if the option is given.
  boolean isGiven() {
    return json;
  }

  /// Prints one line of encoded JSON.
  static void print(byte[] encoded, PrintStream out) {
    out.println(new String(encoded, UTF_8));
  }
}
