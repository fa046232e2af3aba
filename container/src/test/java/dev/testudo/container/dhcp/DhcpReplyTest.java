package dev.testudo.container.dhcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What servers answer, and what anybody in the network may send.
class DhcpReplyTest {
  private static final HardwareAddress HARDWARE = new HardwareAddress("02:00:00:00:00:07");
  private static final DhcpRequest REQUEST =
      new DhcpRequest(0x1234_5678, HARDWARE, new DhcpRequest.Kind.Discover());

  private static final byte[] MASK = option(1, 255, 255, 255, 0);
  private static final byte[] SERVER = option(54, 10, 0, 2, 2);
  private static final byte[] OFFER = option(53, 2);
  private static final byte[] END = {(byte) 255};

  private static byte[] option(int number, int... value) {
    var bytes = new byte[value.length + 2];
    bytes[0] = (byte) number;
    bytes[1] = (byte) value.length;
    for (var i = 0; i < value.length; i++) {
      bytes[i + 2] = (byte) value[i];
    }
    return bytes;
  }

  private static byte[] reply(String address, byte[]... options) {
    var message = ByteBuffer.allocate(240);
    message.put(0, (byte) 2).putInt(4, REQUEST.transaction());
    message.put(16, address(address).getAddress()).put(28, HARDWARE.bytes());
    message.putInt(236, 0x6382_5363);
    var out = new ByteArrayOutputStream();
    out.writeBytes(message.array());
    for (var option : options) {
      out.writeBytes(option);
    }
    return out.toByteArray();
  }

  private static Inet4Address address(String text) {
    return (Inet4Address) InetAddress.ofLiteral(text);
  }

  private static Optional<DhcpReply> read(byte[] bytes) {
    return DhcpReply.read(bytes, REQUEST);
  }

  @Test
  void anOfferSaysAddressNetworkRouterAndNameServers() {
    var reply =
        read(reply(
                "10.0.2.15",
                OFFER,
                MASK,
                new byte[1],
                option(3, 10, 0, 2, 2),
                option(6, 10, 0, 2, 3, 10, 0, 2, 4),
                option(51, 0, 1, 0x51, 0x80),
                SERVER,
                END))
            .orElseThrow();
    assertEquals(DhcpReply.Kind.OFFER, reply.kind());
    assertEquals(address("10.0.2.2"), reply.server());
    assertEquals(
        new DhcpReply.Lease(
            address("10.0.2.15"),
            24,
            Optional.of(address("10.0.2.2")),
            List.of(address("10.0.2.3"), address("10.0.2.4")),
            Duration.ofDays(1)),
        reply.lease());
  }

  @Test
  void anOptionInSeveralPartsIsOne() {
    var reply =
        read(reply("10.0.2.15", OFFER, MASK, option(6, 1, 2), option(6, 3, 4), SERVER, END));
    assertEquals(List.of(address("1.2.3.4")), reply.orElseThrow().lease().nameServers());
  }

  @Test
  void aRefusalNeedsNoAddress() {
    var reply = read(reply("0.0.0.0", option(53, 6), SERVER, END)).orElseThrow();
    assertEquals(DhcpReply.Kind.NAK, reply.kind());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255"})
  void addressesThatNoMachineCanHaveAreIgnored(String address) {
    assertEquals(Optional.empty(), read(reply(address, OFFER, MASK, SERVER, END)));
  }

  @Test
  void aMaskThatIsNoPrefixIsIgnored() {
    assertEquals(
        Optional.empty(), read(reply("10.0.2.15", OFFER, option(1, 255, 0, 255, 0), SERVER, END)));
  }

  @Test
  void timesAndNumbersOfNameServersAreLimited() {
    var servers = new int[40];
    Arrays.fill(servers, 9);
    var lease =
        read(reply(
                "10.0.2.15", OFFER, MASK, option(6, servers), option(51, 0, 0, 0, 1), SERVER, END))
            .orElseThrow()
            .lease();
    assertEquals(3, lease.nameServers().size());
    assertEquals(Duration.ofMinutes(1), lease.time());
    var forever =
        read(reply("10.0.2.15", OFFER, MASK, option(51, 255, 255, 255, 255), SERVER, END));
    assertEquals(Duration.ofDays(1), forever.orElseThrow().lease().time());
  }

  @Test
  void answersToOthersAreIgnored() {
    var bytes = reply("10.0.2.15", OFFER, MASK, SERVER, END);
    for (var at : new int[] {0, 4, 7, 28, 33, 236, 239}) {
      var other = bytes.clone();
      other[at] ^= 1;
      assertEquals(Optional.empty(), read(other), "byte " + at);
    }
  }

  @Test
  void whateverArrivesIsReadOrIgnored() {
    var random = new Random(11);
    var bytes =
        reply("10.0.2.15", OFFER, MASK, option(3, 10, 0, 2, 2), option(6, 1, 2, 3, 4), SERVER, END);
    for (var i = 0; i < 50_000; i++) {
      var changed = Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
      for (var k = 0; k < 3 && changed.length > 236; k++) {
        changed[236 + random.nextInt(changed.length - 236)] = (byte) random.nextInt();
      }
      var read = read(changed);
      assertTrue(read.isEmpty() || read.get().lease().prefix() > 0);
    }
  }

  @Test
  void aRequestAsksForAnAnswerByBroadcast() {
    var server = address("10.0.2.2");
    var kind = new DhcpRequest.Kind.Choose(address("10.0.2.15"), server);
    var bytes = new DhcpRequest(1, HARDWARE, kind).write();
    assertEquals(1, bytes[0]);
    assertEquals((byte) 0x80, bytes[10], "the flag for broadcasts");
    assertArrayEquals(HARDWARE.bytes(), Arrays.copyOfRange(bytes, 28, 34));
    assertArrayEquals(
        new byte[] {53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2},
        Arrays.copyOfRange(bytes, 240, 255));
  }
}
