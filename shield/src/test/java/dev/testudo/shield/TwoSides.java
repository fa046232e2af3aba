package dev.testudo.shield;

import dev.testudo.shield.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What both sides of protected connections are started with: rules for one port under one
/// authority, and Python programs.
final class TwoSides {
  private final TestAuthority authority = new TestAuthority("authority");
  private final int port = Ports.unused();

  int port() {
    return port;
  }

  Map<String, String> serverRules() {
    return Map.of(
        "SERVER_1",
        "protected",
        "SERVER_1_PORT",
        "TCP:" + port,
        "SERVER_1_IDENTITY",
        TestAuthority.pem(authority.issue("server")),
        "SERVER_1_CLIENT_AUTH",
        authority.pem());
  }

  /// Returns the rules for a client that connects to the port at `address`.
  Map<String, String> clientRules(String address) {
    return Map.of(
        "CLIENT_1",
        "protected",
        "CLIENT_1_DESTINATION",
        "TCP:server:" + port,
        "CLIENT_1_DESTINATION_IP",
        address,
        "CLIENT_1_IDENTITY",
        TestAuthority.pem(authority.issue("client")),
        "CLIENT_1_SERVER_AUTH",
        authority.pem());
  }

  /// Returns a shell command that runs `program`, one of the test resources.
  static String python(String program, Object... arguments) {
    var command = new StringBuilder("/usr/bin/python3 -u ");
    command.append(Path.of("src/test/resources/programs", program).toAbsolutePath());
    for (var argument : arguments) {
      command.append(' ').append(argument);
    }
    return command.toString();
  }

  /// Returns what a program has written so far.
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
