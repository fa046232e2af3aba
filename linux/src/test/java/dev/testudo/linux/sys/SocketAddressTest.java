package dev.testudo.linux.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes are those of a little-endian machine.
class SocketAddressTest {
  @ParameterizedTest
  @CsvSource({
    "020018eb7f0000010000000000000000, 127.0.0.1:6379",
    "0a0018eb00000000000000000000000000000000000000010000" + "0000, [::1]:6379",
    "0a0018eb00000000fe80000000000000000000000000000103000000, [fe80::1%3]:6379",
    "0a0018eb0000000020010db8000000010000000000000000" + "00000000, [2001:db8:0:1::]:6379",
    "0a0018eb0000000000000000000000000000ffff7f000001" + "00000000, [::ffff:127.0.0.1]:6379",
    "01002f612f6200, unix:/a/b",
    "0100006162, unix:@ab",
    "0100, unix:(unnamed)"
  })
  void addressesAreReadAndWrittenUnchanged(String hex, String text) {
    var bytes = HexFormat.of().parseHex(hex);
    var address = SocketAddress.decode(bytes);
    assertEquals(text, address.toString());
    assertArrayEquals(bytes, address.encode());
  }

  @Test
  void aMappedAddressMeansAnIpv4AddressButIsNotOne() {
    var hex = "0a0018eb00000000" + "00000000000000000000ffff7f000001" + "00000000";
    var mapped = assertInstanceOf(SocketAddress.Inet6.class, decode(hex));
    assertEquals("127.0.0.1:6379", mapped.canonical().toString());
    assertArrayEquals(HexFormat.of().parseHex(hex), mapped.encode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "02", "020018eb7f000001", "0a0018eb", "1000aabb", "01002fff00"})
  void everythingElseIsNoAddressWeKnow(String hex) {
    assertInstanceOf(SocketAddress.Other.class, decode(hex));
  }

  @Test
  void bytesAfterTheTerminatorOfAPathDoNotCount() {
    assertEquals(new SocketAddress.UnixPath("/a"), decode("01002f610062"));
    var full = new byte[110];
    Arrays.fill(full, (byte) 'x');
    full[0] = 1;
    full[1] = 0;
    assertEquals(new SocketAddress.UnixPath("x".repeat(108)), SocketAddress.decode(full));
    assertInstanceOf(SocketAddress.Other.class, SocketAddress.decode(Arrays.copyOf(full, 111)));
  }

  @Test
  void theUnspecifiedFamilyTellsWhetherBindTakesItForIpv4() {
    assertEquals(
        new SocketAddress.Unspecified(true, 80), decode("0000005000000000" + "0".repeat(16)));
    assertEquals(
        new SocketAddress.Unspecified(false, 0), decode("0000005001020304" + "0".repeat(16)));
    assertEquals(new SocketAddress.Unspecified(false, 0), decode("0000"));
  }

  private static SocketAddress decode(String hex) {
    return SocketAddress.decode(HexFormat.of().parseHex(hex));
  }
}
