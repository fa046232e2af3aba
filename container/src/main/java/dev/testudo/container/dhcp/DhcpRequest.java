package dev.testudo.container.dhcp;

import java.net.Inet4Address;
import java.nio.ByteBuffer;

/// A message to servers (RFC 2131). Answers shall be broadcast, because this machine has no address
/// yet.
///
/// @param transaction a number that the answer repeats
/// @param hardware the address of the network interface
/// @param kind what is asked
record DhcpRequest(int transaction, HardwareAddress hardware, Kind kind) {
  static final int ADDRESS_BITS = 32;

  /// Where the options begin, with a number that says so.
  static final int COOKIE_AT = 236;

  static final int COOKIE = 0x63825363;

  /// What is asked.
  sealed interface Kind {
    /// Who has an address?
    record Discover() implements Kind {}

    /// The address that a server has offered.
    record Choose(Inet4Address address, Inet4Address server) implements Kind {}

    /// The address that this machine has, for longer.
    record Renew(Inet4Address address) implements Kind {}
  }

  private static final int MOST_BYTES = 576;
  private static final byte TO_SERVER = 1;
  private static final byte ETHERNET = 1;
  private static final short BROADCAST = (short) 0x8000;
  static final int TRANSACTION_AT = 4;
  private static final int FLAGS_AT = 10;
  private static final int CLIENT_ADDRESS_AT = 12;
  static final int HARDWARE_AT = 28;

  private static final byte OF_ADDRESS = 4;
  private static final byte WANTED_ADDRESS = 50;
  private static final byte MESSAGE_TYPE = 53;
  private static final byte SERVER = 54;
  private static final byte WANTED_OPTIONS = 55;
  private static final byte END = (byte) 255;
  private static final byte DISCOVER = 1;
  private static final byte REQUEST = 3;

  /// Returns the bytes to send.
  byte[] write() {
    var message = ByteBuffer.allocate(MOST_BYTES);
    message.put(TO_SERVER).put(ETHERNET).put((byte) HardwareAddress.BYTES);
    message.putInt(TRANSACTION_AT, transaction);
    message.putShort(FLAGS_AT, BROADCAST);
    message.put(HARDWARE_AT, hardware.bytes());
    message.putInt(COOKIE_AT, COOKIE);
    message.position(COOKIE_AT + Integer.BYTES);
    switch (kind) {
      case Kind.Discover() -> type(message, DISCOVER);
      case Kind.Choose(var address, var server) -> {
        type(message, REQUEST);
        message.put(WANTED_ADDRESS).put(OF_ADDRESS).put(address.getAddress());
        message.put(SERVER).put(OF_ADDRESS).put(server.getAddress());
      }
      case Kind.Renew(var address) -> {
        message.put(CLIENT_ADDRESS_AT, address.getAddress());
        type(message, REQUEST);
      }
    }
    // The network mask, routers, name servers, the time of the lease.
    message.put(WANTED_OPTIONS).put((byte) 4).put(new byte[] {1, 3, 6, 51}).put(END);
    return message.array();
  }

  private static void type(ByteBuffer message, byte type) {
    message.put(MESSAGE_TYPE).put((byte) 1).put(type);
  }
}
