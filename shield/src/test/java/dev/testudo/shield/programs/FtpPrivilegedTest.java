package dev.testudo.shield.programs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.process.Exit;
import dev.testudo.shield.Eventually;
import dev.testudo.shield.ShieldEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// FTP, whose transfers use connections of their own, in both directions.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FtpPrivilegedTest {
  private static final int SIZE = 5_000_000;

  @Runs(
      program = "vsftpd, curl, lftp",
      what =
          "passive and active transfers of 5 MB each way, over data ports that have rules of their"
              + " own; one file in three parts at once")
  @ParameterizedTest
  @EnumSource
  void passiveAndActiveTransfers(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      var ftp = new Ftp(story);
      var file = Content.random(ftp.files().resolve("large"), SIZE);
      ftp.server().starts(ftp.command()).listensAt(ftp.port);
      var url = "ftp://127.0.0.1:%d/".formatted(ftp.port);
      for (var way : new String[] {"--ftp-pasv", "--ftp-port 127.0.0.1:" + ftp.activeRange()}) {
        var fetch = "curl -sSf %s %slarge | sha256sum".formatted(way, url);
        var sum = ftp.client().runs("sh", "-c", fetch);
        assertEquals(Content.sha256(file), sum.split(" ", 2)[0]);
        var name = "stored/" + way.substring(2, 10);
        ftp.client().runs("sh", "-c", "curl -sSf %s -T %s %s%s".formatted(way, file, url, name));
        assertEquals(Content.sha256(file), Content.sha256(ftp.files().resolve(name)), name);
      }
      var copy = story.folder().resolve("copy");
      var parts = "pget -n 3 %slarge -o %s".formatted(url, copy);
      ftp.client().with("HOME", story.folder().toString()).runs("lftp", "-c", parts);
      assertEquals(Content.sha256(file), Content.sha256(copy));
      story.carried(5L * SIZE);
    }
  }

  @Test
  void whoHasNoCertificateGetsNothingFromTheDataPort() throws Exception {
    try (var story = new Story(Treatment.PROTECTED)) {
      var ftp = new Ftp(story);
      var file = Content.random(ftp.files().resolve("large"), SIZE);
      var server = ftp.server();
      server.starts(ftp.command()).listensAt(ftp.port);
      var go = story.folder().resolve("go");
      var client = ftp.client();
      client.starts("/usr/bin/python3", "-u", Sources.script("ftp_waiting.py"), ftp.port, go);
      client.says("data port");
      int port = Integer.parseInt(client.text().strip().replaceFirst("(?s).* ", ""));
      assertEquals(0, read(ftp.port), "bytes of the greeting");
      assertEquals(0, read(port), "bytes of the file");
      var thief = story.program().trusting(port);
      thief.starts("sh", "-c", "exec curl -sS -m 20 telnet://127.0.0.1:%d".formatted(port));
      assertNotEquals(new Exit.Exited(0), thief.endsAnyhow(), thief::text);
      assertTrue(thief.text().length() < SIZE / 100, thief::text);
      Eventually.holds(
          () ->
              server
                  .events()
                  .anyMatch(
                      event ->
                          refuses(event, "peer sent no certificate (alert certificate_required)")),
          () -> server.events().toList().toString());
      Files.createFile(go);
      assertEquals(Content.sha256(file), client.ends().strip().replaceFirst("(?s).*\\s", ""));
    }
  }

  private static boolean refuses(ShieldEvent event, String reason) {
    return event instanceof ShieldEvent.Refused refused && refused.reason().equals(reason);
  }

  /// Returns how much a client can read that connects without TLS and requests nothing.
  private static int read(int port) throws IOException {
    try (var stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
      stranger.getOutputStream().write("no greeting of TLS\r\n".getBytes(US_ASCII));
      return stranger.getInputStream().readAllBytes().length;
    } catch (SocketException reset) {
      return 0;
    }
  }
}
