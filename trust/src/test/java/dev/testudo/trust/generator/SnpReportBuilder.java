package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Octets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;

/// Writes attestation reports of SEV-SNP. Each field can be changed alone.
public final class SnpReportBuilder {
  public static final int VERSION = 0x00;
  public static final int GUEST_SVN = 0x04;
  public static final int POLICY = 0x08;
  public static final int FAMILY_ID = 0x10;
  public static final int IMAGE_ID = 0x20;
  public static final int VMPL = 0x30;
  public static final int SIGNATURE_ALGORITHM = 0x34;
  public static final int CURRENT_TCB = 0x38;
  public static final int PLATFORM_INFO = 0x40;
  public static final int KEY_INFO = 0x48;
  public static final int REPORT_DATA = 0x50;
  public static final int MEASUREMENT = 0x90;
  public static final int HOST_DATA = 0xc0;
  public static final int ID_KEY_DIGEST = 0xe0;
  public static final int AUTHOR_KEY_DIGEST = 0x110;
  public static final int REPORT_ID = 0x140;
  public static final int REPORTED_TCB = 0x180;
  public static final int CPUID = 0x188;
  public static final int CHIP_ID = 0x1a0;
  public static final int COMMITTED_TCB = 0x1e0;
  public static final int LAUNCH_TCB = 0x1f0;
  public static final int MITIGATIONS = 0x1f8;
  public static final int SIGNATURE = 0x2a0;

  private static final int BYTES = 1184;
  private static final int SCALAR_BYTES = 72;
  private static final int P384_BYTES = 48;

  private final byte[] bytes = new byte[BYTES];

  /// Creates a report of version 3 with a policy that allows nothing.
  public SnpReportBuilder() {
    number(VERSION, 3, 4);
    number(POLICY, 1 << 17, 8);
    number(SIGNATURE_ALGORITHM, 1, 4);
    number(PLATFORM_INFO, 0x24, 8);
    hex(MEASUREMENT, "ab".repeat(48));
    hex(REPORT_ID, "1d".repeat(32));
  }

  /// Writes a number, little endian.
  public SnpReportBuilder number(int at, long value, int count) {
    for (var i = 0; i < count; i++) {
      bytes[at + i] = (byte) (value >>> (Byte.SIZE * i));
    }
    return this;
  }

  /// Writes bytes.
  public SnpReportBuilder hex(int at, String digits) {
    var value = HexFormat.of().parseHex(digits);
    System.arraycopy(value, 0, bytes, at, value.length);
    return this;
  }

  /// Returns the byte at a position.
  public int at(int position) {
    return bytes[position] & 0xff;
  }

  /// Returns the report, signed.
  public Octets build(PrivateKey key) {
    var report = bytes.clone();
    try {
      var signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(report, 0, SIGNATURE);
      var both = signature.sign();
      reverse(Arrays.copyOf(both, P384_BYTES), report, SIGNATURE);
      reverse(
          Arrays.copyOfRange(both, P384_BYTES, 2 * P384_BYTES), report, SIGNATURE + SCALAR_BYTES);
      return Octets.of(report);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void reverse(byte[] from, byte[] to, int at) {
    for (var i = 0; i < from.length; i++) {
      to[at + i] = from[from.length - 1 - i];
    }
  }
}
