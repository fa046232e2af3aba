package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class CredentialsTest {
  private static final int PR_SET_NAME = 15;

  /// The kernel keeps 15 bytes of a name, even if that cuts a character.
  @Test
  void aThreadWhoseNameEndsInHalfACharacterHasCredentialsToo() throws Exception {
    var renamed =
        new FutureTask<>(
            () -> {
              try (var arena = Arena.ofConfined()) {
                var name = arena.allocateFrom(JAVA_BYTE, (byte) 'n', (byte) 0xc3, (byte) 0);
                Native.checked("prctl", Native.call(SystemCall.PRCTL, PR_SET_NAME, name.address()));
              }
              return Credentials.own();
            });
    Thread.ofPlatform().start(renamed);
    assertEquals(Credentials.own(), renamed.get());
  }
}
