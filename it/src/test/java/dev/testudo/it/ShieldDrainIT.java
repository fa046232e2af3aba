package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// SIGTERM and `--drain` of `testudo shield run`, through the launcher.
class ShieldDrainIT extends AtShieldWorkshop {
  private static final int PORT = 16_382;

  /// Enough for a program to notice SIGTERM on a loaded machine.
  private static final String SHORT = "5500ms";

  private static final int KILLED = 128 + 9;
  private static final String LOG = ShieldTalk.SERVER_LOG;

  private static final Pattern CUT =
      Pattern.compile(
          "(?m)^testudo shield run: network shield: protected connections still open after"
              + " [0-9]+ ms are reset: ([0-9]+)$");

  private ShieldTalk talk;

  @BeforeEach
  void prepareTalk() throws Exception {
    talk = new ShieldTalk(shop, PORT);
  }

  @Test
  void aProgramThatDoesNotEndIsEndedWithItsConnectionsWhenTheTimeIsOver() throws Exception {
    var server = talk.serve(ShieldTalk.Manner.STUBBORN, SHORT);
    var client = talk.talk();
    server.destroy();
    shop.await(LOG, "told to end");
    assertEquals(KILLED, shop.exit(server, LOG), shop.log(LOG));
    shop.awaitLine(
        LOG,
        "testudo shield run: the program has not ended 5500 ms after SIGTERM: it and its"
            + " connections are ended");
    shop.await(ShieldTalk.CLIENT_LOG, "cut");
    assertEquals(1, shop.exit(client, ShieldTalk.CLIENT_LOG));
  }

  @Test
  void aConnectionThatOutlivesItsProgramIsCutWhenTheTimeIsOver() throws Exception {
    var server = talk.serve(ShieldTalk.Manner.HEIR, SHORT);
    var client = talk.talk();
    server.destroy();
    shop.await(LOG, "told to end");
    assertEquals(3, shop.exit(server, LOG), shop.log(LOG));
    assertEquals(1, connectionsCut(), shop.log(LOG));
    shop.await(ShieldTalk.CLIENT_LOG, "cut");
    assertEquals(1, shop.exit(client, ShieldTalk.CLIENT_LOG));
  }

  @Test
  void theRunningConnectionGoesOnAndNoNewOneIsMade() throws Exception {
    var server = talk.serve(ShieldTalk.Manner.POLITE, "1h");
    var client = talk.talk();
    server.destroy();
    shop.await(LOG, "told to end");
    talk.stillTalks();
    var another = shop.testudo(talk.client().toArray(String[]::new));
    assertNotEquals(0, another.exit(), another.all());
    assertFalse(another.out().contains("pong"), another.all());
    talk.stillTalks();
    talk.stop();
    assertEquals(0, shop.exit(client, ShieldTalk.CLIENT_LOG));
    // Long before the hour is over.
    assertEquals(5, shop.exit(server, LOG), shop.log(LOG));
    assertEquals(0, connectionsCut(), shop.log(LOG));
    assertFalse(shop.log(ShieldTalk.CLIENT_LOG).contains("cut"));
  }

  /// How many connections the shield has ended itself, by its own account.
  private int connectionsCut() {
    return CUT.matcher(shop.log(LOG)).results().mapToInt(m -> Integer.parseInt(m.group(1))).sum();
  }
}
