package dev.testudo.cli;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/// The option of commands that print text or JSON. docs/cli.md lists what they print.
final class JsonOption {
  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  /// Returns true if the option is given.
  boolean isGiven() {
    return json;
  }

  /// Prints one line of encoded JSON.
  static void print(byte[] encoded, PrintStream out) {
    out.writeBytes(encoded);
    out.println();
  }

  /// Prints an object on one line.
  static void print(JsonBuilder object, PrintStream out) {
    print(Json.write(object.build()), out);
  }
}
