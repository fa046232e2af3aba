package dev.testudo.shield;

import dev.testudo.trust.secret.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs a program under a shield with and without an injected file, for `bench/open/run`.
@SuppressWarnings("SystemOut") // printing is what it is for
final class OpenBench {
  private OpenBench() {}

  /// Prints what the program prints.
  ///
  /// @param arguments the working folder, the path to inject or `-`, and the command
  public static void main(String... arguments) throws Exception {
    try (var shield = new RealShield(Path.of(arguments[0]), Map.of("", "unprotected"))) {
      if (!arguments[1].equals("-")) {
        var content = Secret.ofText("a=b\n".repeat(1000));
        var file = new ShownFile(arguments[1], 0444, Optional.empty(), content);
        shield.shield.inject(List.of(file));
      }
      var command = List.of(arguments).subList(2, arguments.length);
      System.out.print(shield.start(command).succeeds());
    }
    System.exit(0);
  }
}
