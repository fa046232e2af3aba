package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Services that identify the peers of their Unix sockets by process and user.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PeersByProcessPrivilegedTest {
  private static final Path PROGRAMS = Path.of("src/test/programs").toAbsolutePath();

  @Runs(
      program = "D-Bus daemon",
      what =
          "two clients over its Unix socket (unprotected), all under one shield: each asks the daemon"
              + " for the other's process and user, which are the true ones")
  @ParameterizedTest
  @EnumSource
  void dBus(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      var bus = story.folder().resolve("bus");
      var said =
          story
              .program()
              .servingPlainly(bus)
              .reachingPlainly(bus)
              .runs("/usr/bin/python3", PROGRAMS.resolve("dbus_pids.py"), story.folder());
      assertEquals("each client's process is known", said.strip());
      story.carried(0);
    }
  }

  @Runs(
      program = "Dovecot",
      what =
          "five users log in over IMAP, put a message there and fetch it: its processes of three users"
              + " check each other's process over a dozen Unix sockets (unprotected)")
  @ParameterizedTest
  @EnumSource
  void dovecot(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var server = story.program().serving(port).rule("", "unprotected");
      server.starts("dovecot", "-F", "-c", configuration(story.folder(), port)).listensAt(port);
      var client = story.program().reaching(port);
      var said = client.runs("/usr/bin/python3", PROGRAMS.resolve("imap_client.py"), port);
      assertEquals("5 users have their mail", said.strip());
      story.carriedSoFar(5L * "body 0".length());
    }
  }

  private static Path configuration(Path folder, int port) throws IOException {
    Story.open(Files.createDirectory(folder.resolve("mail")));
    return Files.writeString(
        folder.resolve("dovecot.conf"),
        """
        base_dir = %1$s/run
        state_dir = %1$s/run
        log_path = %1$s/log
        protocols = imap
        listen = 127.0.0.1
        ssl = no
        disable_plaintext_auth = no
        mail_location = maildir:%1$s/mail/%%u
        first_valid_uid = 1
        passdb {
          driver = static
          args = password=password
        }
        userdb {
          driver = static
          args = uid=mail gid=mail home=%1$s/mail/%%u
        }
        service imap-login {
          inet_listener imap {
            port = %2$d
          }
          inet_listener imaps {
            port = 0
          }
        }
        """
            .formatted(folder, port));
  }
}
