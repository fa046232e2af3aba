package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.policy.address.AddressText;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Rules are read where native calls are not allowed, and sockets are formatted by the C library.
/// Both must write addresses alike, so that people can compare them.
class AddressesReadAlikeTest {
  private static final int ADDRESSES = 20_000;

  @Test
  void anAddressOfARuleHasTheTextOfTheSameAddressOfASocket() throws UnknownHostException {
    var random = new Random(5952);
    for (var i = 0; i < ADDRESSES; i++) {
      var bytes = new byte[16];
      random.nextBytes(bytes);
      // Runs of zeros of all lengths at all positions, which random addresses would hardly have.
      for (var group = 0; group < 8; group++) {
        if (random.nextBoolean()) {
          bytes[2 * group] = 0;
          bytes[2 * group + 1] = (byte) (random.nextBoolean() ? 0 : random.nextInt());
        }
      }
      if (random.nextInt(10) == 0) {
        Arrays.fill(bytes, 0, 10, (byte) 0);
        var mapped = (byte) (random.nextBoolean() ? 0xff : 0);
        bytes[10] = mapped;
        bytes[11] = mapped;
      }
      var address = Inet6Address.getByAddress(null, bytes, -1);
      assertEquals(
          new SocketAddress.Inet6(address, 80).toString(), AddressText.host(address) + ":80");
    }
  }
}
