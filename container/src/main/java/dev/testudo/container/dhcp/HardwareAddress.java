package dev.testudo.container.dhcp;

import java.util.Arrays;
import java.util.HexFormat;

/// The address of an Ethernet interface.
///
/// @param text six bytes as the kernel shows them, such as `52:54:00:12:34:56`
public record HardwareAddress(String text) {
  static final int BYTES = 6;

  private static final HexFormat FORMAT = HexFormat.ofDelimiter(":");

  /// Checks the text.
  ///
  /// @throws IllegalArgumentException if it is no such address
  public HardwareAddress {
    if (!text.matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}")) {
      throw new IllegalArgumentException("not the address of an Ethernet interface");
    }
  }

  byte[] bytes() {
    return FORMAT.parseHex(text);
  }

  /// Returns whether the address is at this place of a message.
  boolean isAt(byte[] message, int from) {
    return from + BYTES <= message.length
        && Arrays.equals(message, from, from + BYTES, bytes(), 0, BYTES);
  }
}
