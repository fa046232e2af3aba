package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.escape.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The supervisor acts for a program with the program's rights, not its own, and peers do
/// not mistake it for the program. Each test program makes the same assertions with and
/// without a shield.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LentRightsPrivilegedTest {
  private static final int LOW_PORT = 811;
  private static final int OTHER_LOW_PORT = 813;

  /// Short, because a Unix socket's path has at most 107 bytes.
  private Path folder = Path.of("/");

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("lent");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(folder);
  }

  @Test
  void lowPortsAreRefusedToWhoMayNotBindThem() throws Exception {
    natively("low_ports.py", LOW_PORT, OTHER_LOW_PORT, others());
    try (var cage = new Cage(folder, new LocalNetwork.Host(), true)) {
      cage.decisions.plainByDefault().securedListen(OTHER_LOW_PORT);
      cage.python("low_ports.py", LOW_PORT, OTHER_LOW_PORT, others()).succeeds();
    }
  }

  @Test
  void aPortIsSharedAmongOneUsersSocketsOnly() throws Exception {
    if (others().equals("same-user")) {
      return; // no other user is available to run it
    }
    natively("shared_port.py", Ports.unused());
    try (var cage = new Cage(folder)) {
      int plain = Ports.unused();
      int secured = Ports.unused();
      cage.decisions.plainListen(plain).securedListen(secured);
      cage.python("shared_port.py", plain).succeeds();
      cage.python("shared_port.py", secured).succeeds();
    }
  }

  @Test
  void eachEndOfAUnixSocketSeesTheProcessAtTheOther() throws Exception {
    natively("unix_peers.py", Files.createDirectory(folder.resolve("n")), others());
    try (var cage = new Cage(folder, new LocalNetwork.Host(), true)) {
      cage.decisions.plainByDefault();
      var names = Files.createDirectory(folder.resolve("s"));
      cage.python("unix_peers.py", names, others()).succeeds();
    }
  }

  /// Returns whether programs may become other users and still be served.
  private static String others() throws IOException {
    return Support.isPrivileged() ? "others" : "same-user";
  }

  private static void natively(String program, Object... arguments) throws Exception {
    var file = Path.of("src/test/resources/programs", program).toAbsolutePath();
    var command = new ArrayList<>(List.of("/usr/bin/python3", "-u", file.toString()));
    List.of(arguments).forEach(argument -> command.add(argument.toString()));
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), program);
  }
}
