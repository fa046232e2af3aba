package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// New identities for a program that runs under `testudo shield run`, through the launcher.
class ShieldReloadIT extends AtShieldWorkshop {
  private static final int PORT = 16_381;
  private static final String LOG = ShieldTalk.SERVER_LOG;
  private static final String SAYS = "testudo shield run: ";
  private static final String RELOADED = SAYS + "reloaded: new identity of rule SERVER_redis";
  private static final String NOT_RELOADED = SAYS + "not reloaded, everything stays as it was:";

  private ShieldTalk talk;
  private Process server;

  @BeforeEach
  void aConnectionIsOpen() throws Exception {
    talk = new ShieldTalk(shop, PORT);
    server = talk.serve(ShieldTalk.Manner.STUBBORN, "10s");
    talk.talk();
  }

  private void hangUp() {
    assertEquals(0, Command.run("kill", "-HUP", "" + server.pid()).exit());
  }

  private void theConnectionWasNotCut() throws InterruptedException {
    talk.stillTalks();
    assertFalse(shop.log(ShieldTalk.CLIENT_LOG).contains("cut"));
    assertTrue(server.isAlive(), shop.log(LOG));
  }

  @Test
  void aChangedFileGivesNewConnectionsTheNewCertificateAndCutsNone() throws Exception {
    var before = talk.serverSerial();
    talk.newServerIdentity();
    shop.awaitLine(LOG, RELOADED);
    assertNotEquals(before, talk.serverSerial());
    theConnectionWasNotCut();
    assertFalse(shop.log(LOG).contains(NOT_RELOADED), shop.log(LOG));
  }

  @Test
  void sighupReadsTheFileAgainAndDoesNotReachTheProgram() throws Exception {
    hangUp();
    // The program would have ended of a SIGHUP.
    shop.awaitLine(LOG, SAYS + "reloaded: nothing has changed");
    theConnectionWasNotCut();

    var before = talk.serverSerial();
    talk.newServerIdentity();
    hangUp();
    shop.awaitLine(LOG, RELOADED);
    assertNotEquals(before, talk.serverSerial());
    theConnectionWasNotCut();
  }

  @Test
  void aWrongFileChangesNothingAndIsToldOnce() throws Exception {
    var before = talk.serverSerial();
    talk.serverIdentity("nonsense");
    shop.awaitLine(LOG, NOT_RELOADED);
    awaitDiagnostics("malformed-pem");
    assertFalse(shop.log(LOG).contains("nonsense"), shop.log(LOG));
    assertEquals(before, talk.serverSerial());
    theConnectionWasNotCut();

    // Another port would be another program: that needs a restart.
    var rules = Files.readString(folder.resolve("server.env"));
    shop.file("server.env", rules.replace("TCP:" + PORT, "TCP:1").replace("nonsense", pem()));
    awaitDiagnostics("malformed-pem", "restart-needed");
    assertEquals(2, shop.count(LOG, NOT_RELOADED), shop.log(LOG));
    assertEquals(before, talk.serverSerial());
    theConnectionWasNotCut();
  }

  /// Waits until it has shown these, and no others.
  private void awaitDiagnostics(String... ids) throws InterruptedException {
    Patience.until(
        () -> new Output(shop.log(LOG)).diagnosticIds().equals(List.of(ids)), () -> shop.log(LOG));
  }

  private String pem() throws IOException {
    return shop.identity("redis.local");
  }

  @Test
  void aFileThatIsGoneChangesNothing() throws Exception {
    var before = talk.serverSerial();
    Files.delete(folder.resolve("server.env"));
    hangUp();
    shop.awaitLine(LOG, NOT_RELOADED + " " + shop.path("server.env") + " does not exist");
    assertEquals(before, talk.serverSerial());
    theConnectionWasNotCut();
    talk.newServerIdentity();
    shop.awaitLine(LOG, RELOADED);
    assertNotEquals(before, talk.serverSerial());
    assertFalse(server.waitFor(0, TimeUnit.SECONDS));
  }
}
