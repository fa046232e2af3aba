package dev.testudo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastRegisteredTest {
  private static final KeyHash CAS = Identity.ephemeral("cas").keyHash();
  private static final KeyHash OTHER = Identity.ephemeral("other").keyHash();
  private static final SessionName SHOP = new SessionName("shop/api");
  private static final SessionHash FIRST = new SessionHash("1".repeat(64));
  private static final SessionHash SECOND = new SessionHash("2".repeat(64));

  @TempDir private Path work;

  @Test
  void theNewestHashOfEachCasIsKept() throws IOException, CommandFailed {
    var file = work.resolve("registered");
    var last = LastRegistered.in(file);
    assertEquals(Optional.empty(), last.hash(CAS, SHOP));
    last.put(CAS, SHOP, FIRST);
    last.put(OTHER, SHOP, FIRST);
    last.put(CAS, SHOP, SECOND);
    var again = LastRegistered.in(file);
    assertEquals(Optional.of(SECOND), again.hash(CAS, SHOP));
    assertEquals(Optional.of(FIRST), again.hash(OTHER, SHOP));
    assertEquals(Optional.empty(), again.hash(CAS, new SessionName("shop")));
  }

  @Test
  void aFileOfAnotherKindIsRefusedWithItsPlace() throws IOException {
    for (var text :
        new String[] {
          "x\n", CAS + " shop\n", CAS + " shop x\n", CAS + " sh op " + FIRST + "\n", "\n"
        }) {
      var file = Files.writeString(work.resolve("registered"), text);
      var e = assertThrows(CommandFailed.class, () -> LastRegistered.in(file), text);
      assertEquals(ExitCode.ENVIRONMENT_FAILED, e.code());
      assertEquals(file + ":1", e.line().split(": ", 2)[0]);
    }
  }
}
