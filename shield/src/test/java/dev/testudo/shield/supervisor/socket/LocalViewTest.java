package dev.testudo.shield.supervisor.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.shield.LocalNetwork;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalViewTest {
  private static final Inet4Address OWN = (Inet4Address) InetAddress.ofLiteral("127.64.1.2");

  private final LocalView host = new LocalView(new LocalNetwork.Host());
  private final LocalView own = new LocalView(new LocalNetwork.OwnAddress(OWN));

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3, 10.1.2.3",
    "0.0.0.0, 127.0.0.1, 127.64.1.2",
    "127.0.0.1, 127.0.0.1, 127.64.1.2",
    "127.0.0.2, 127.0.0.2, 127.0.0.2",
    "127.64.1.2, 127.64.1.2, 127.64.1.2",
    "::, ::1, 127.64.1.2",
    "::1, ::1, 127.64.1.2",
    "2001:db8::1, 2001:db8::1, 2001:db8::1",
    "mapped 127.0.0.1, 127.0.0.1, 127.64.1.2",
    "mapped 0.0.0.0, 127.0.0.1, 127.64.1.2",
    "mapped 10.1.2.3, 10.1.2.3, 10.1.2.3"
  })
  void connectsGoToTheProgramsOwnAddress(String asked, String onHost, String onOwn) {
    assertEquals(inet(onHost), host.connectTarget(inet(asked)));
    assertEquals(inet(onOwn), own.connectTarget(inet(asked)));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 127.64.1.2",
    "127.0.0.1, 127.64.1.2",
    "127.64.1.2, 127.64.1.2",
    "::, 127.64.1.2",
    "::1, 127.64.1.2",
    "mapped 0.0.0.0, 127.64.1.2",
    "10.1.2.3, 10.1.2.3"
  })
  void bindsLieAtTheProgramsOwnAddress(String asked, String target) throws Exception {
    assertEquals(inet(target), own.bindTarget(inet(asked), false));
    assertEquals(inet(asked), host.bindTarget(inet(asked), true));
  }

  @Test
  void otherLoopbackAddressesAreSomebodyElses() {
    var error = assertThrows(ErrnoException.class, () -> own.bindTarget(inet("127.0.0.2"), false));
    assertEquals(Errno.EADDRNOTAVAIL, error.errno());
    assertThrows(ErrnoException.class, () -> own.bindTarget(inet("::"), true));
    assertThrows(ErrnoException.class, () -> own.bindTarget(inet("::1"), true));
  }

  @Test
  void anIpv6SocketSeesIpv4AddressesMapped() {
    assertEquals(inet("mapped 10.1.2.3"), LocalView.inFamily(true, inet("10.1.2.3")));
    assertEquals(inet("10.1.2.3"), LocalView.inFamily(false, inet("10.1.2.3")));
    assertEquals(inet("::1"), LocalView.inFamily(true, inet("::1")));
  }

  private static Inet inet(String text) {
    var literal = text.replace("mapped ", "");
    var address = InetAddress.ofLiteral(literal);
    if (address instanceof Inet4Address v4) {
      return text.equals(literal) ? new SocketAddress.Inet4(v4, 80) : mapped(v4);
    }
    return inet6(address.getAddress());
  }

  private static Inet mapped(Inet4Address v4) {
    var bytes = new byte[16];
    Arrays.fill(bytes, 10, 12, (byte) 0xff);
    System.arraycopy(v4.getAddress(), 0, bytes, 12, 4);
    return inet6(bytes);
  }

  private static Inet inet6(byte[] bytes) {
    try {
      return new SocketAddress.Inet6(Inet6Address.getByAddress(null, bytes, -1), 80);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
