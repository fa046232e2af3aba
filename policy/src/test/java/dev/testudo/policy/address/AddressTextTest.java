package dev.testudo.policy.address;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 5952, section by section.
class AddressTextTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "0:0:0:0:0:0:0:1, ::1",
    "0:0:0:0:0:0:0:0, ::",
    // 4.1: no leading zeros; 4.3: small letters
    "2001:0DB8::0AbC, 2001:db8::abc",
    // 4.2.1: as short as possible; 4.2.2: not for one group
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    // 4.2.3: the longest run, of equal ones the first
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
    "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8",
    "fe80:0:0:0:0:0:0:1%1, fe80::1"
  })
  void everyAddressHasOneText(String written, String text) {
    assertEquals(text, AddressText.of(InetAddress.ofLiteral(written)));
  }

  @Test
  void anIpv4AddressInsideIpv6HasDots() throws Exception {
    var bytes = HexFormat.of().parseHex("00000000000000000000ffff0a000001");
    assertEquals("::ffff:10.0.0.1", AddressText.of(Inet6Address.getByAddress(null, bytes, -1)));
  }

  @Test
  void beforeAPortIpv6IsInBrackets() {
    assertEquals("[::1]", AddressText.host(InetAddress.ofLiteral("::1")));
    assertEquals("10.0.0.1", AddressText.host(InetAddress.ofLiteral("10.0.0.1")));
  }
}
