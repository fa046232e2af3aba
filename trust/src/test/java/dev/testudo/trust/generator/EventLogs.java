package dev.testudo.trust.generator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import dev.testudo.trust.attest.evidence.Octets;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Writes event logs as firmware does (CCEL, and those of TPMs), for tests.
public final class EventLogs {
  /// The number of the algorithm SHA-384.
  public static final int SHA384 = 0x0c;

  /// The number of the algorithm SHA-256.
  public static final int SHA256 = 0x0b;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private EventLogs() {}

  /// A log with digests of SHA-384 and no events.
  public static EventLogs empty() {
    return startingWith(SHA384, 48);
  }

  /// A log that lists one algorithm.
  public static EventLogs startingWith(int algorithm, int size) {
    var log = new EventLogs();
    log.u32(1).u32(3).bytes(new byte[20]);
    var spec = new EventLogs();
    spec.bytes("Spec ID Event03\0".getBytes(US_ASCII)).u32(0).u32(0x02_00_02_00);
    spec.u32(1).u16(algorithm).u16(size).bytes(new byte[1]);
    return log.u32(spec.out.size()).bytes(spec.out.toByteArray());
  }

  /// A small log of a boot with Secure Boot and a kernel with a command line.
  public static Octets boot() {
    var variable = variable("SecureBoot", new byte[] {1});
    return empty()
        .event(0, 0x8000_0001L, sha384(variable), variable)
        .event(0, 4, sha384(new byte[4]), new byte[4])
        .event(1, 0x8000_0003L, sha384("image".getBytes(US_ASCII)), new byte[32])
        .event(
            2,
            0xd,
            sha384("root=/dev/vda quiet".getBytes(US_ASCII)),
            "kernel_cmdline: root=/dev/vda quiet\0".getBytes(US_ASCII))
        .filled(64, 0xff);
  }

  /// Adds an event.
  ///
  /// @param rtmr 0 to 3
  public EventLogs event(int rtmr, long type, byte[] digest, byte[] data) {
    u32(rtmr + 1L).u32(type).u32(1).u16(SHA384).bytes(digest);
    return u32(data.length).bytes(data);
  }

  /// Adds an event of a log of a TPM, which lists SHA-256.
  public EventLogs pcr(int pcr, long type, byte[] digest, byte[] data) {
    u32(pcr).u32(type).u32(1).u16(SHA256).bytes(digest);
    return u32(data.length).bytes(data);
  }

  /// A variable of the firmware as events have it.
  public static byte[] variable(String name, byte[] value) {
    var log = new EventLogs();
    log.bytes(new byte[16]).u32(name.length()).u32(0).u32(value.length).u32(0);
    return log.bytes(name.getBytes(UTF_16LE)).bytes(value).out.toByteArray();
  }

  /// Returns SHA-384 of some bytes.
  public static byte[] sha384(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-384").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns the log, followed by some bytes.
  public Octets filled(int count, int with) {
    for (var i = 0; i < count; i++) {
      out.write(with);
    }
    return Octets.of(out.toByteArray());
  }

  private EventLogs u16(int value) {
    return bytes(
        ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort((short) value).array());
  }

  /// Adds an integer.
  public EventLogs u32(long value) {
    return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) value).array());
  }

  private EventLogs bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }
}
