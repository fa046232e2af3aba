package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/// A quote of an Intel-like platform, written byte by byte and correctly signed, whatever it says.
/// Not thread-safe.
public final class QuoteMaker {
  /// Who signs the quoting enclave.
  static final String QE_SIGNER = "5e".repeat(32);

  /// The kinds of quotes.
  public enum Kind {
    SGX_3(3, false, 384, 0),
    SGX_4(4, false, 384, 0),
    SGX_5(5, false, 384, 1),
    TDX_4(4, true, 584, 0),
    TDX_5(5, true, 584, 2),
    TDX_5_15(5, true, 648, 3);

    private final int version;
    private final boolean tdx;
    private final int bodyBytes;
    private final int bodyType;

    Kind(int version, boolean tdx, int bodyBytes, int bodyType) {
      this.version = version;
      this.tdx = tdx;
      this.bodyBytes = bodyBytes;
      this.bodyType = bodyType;
    }

    /// Returns whether the quote is of a TDX domain.
    public boolean isTdx() {
      return tdx;
    }
  }

  private final Kind kind;
  private final byte[] header = new byte[48];
  private final byte[] qeReport = new byte[384];
  private byte[] body;
  private int bodyType;
  private byte[] authData = new byte[32];
  private int certificationType = 5;
  private int padding;
  private final SigningKey attestationKey = SigningKey.generate();
  private boolean bound = true;

  QuoteMaker(Kind kind) {
    this.kind = kind;
    this.body = new byte[kind.bodyBytes];
    this.bodyType = kind.bodyType;
    var fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    fields.putShort((short) kind.version).putShort((short) 2).putInt(kind.tdx ? 0x81 : 0);
    put(header, 12, "939a7233f79c4ca9940a0db3957f0607" + "0f".repeat(16));
    put(qeReport, 48, "11");
    put(qeReport, 128, QE_SIGNER);
    qeReport[256] = (byte) (kind.tdx ? 2 : 1);
    qeReport[258] = 4;
    if (kind.tdx) {
      put(body, 0, "0301" + "05".repeat(14)); // module 1, SVN 3
      put(body, 136, "aa".repeat(48));
      if (body.length > 584) {
        put(body, 584, "0301" + "05".repeat(14));
      }
    } else {
      put(body, 48, "05");
      put(body, 64, "ee".repeat(32));
    }
  }

  private static void put(byte[] target, int offset, String hex) {
    var bytes = HexFormat.of().parseHex(hex);
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  /// Changes bytes of the header.
  public QuoteMaker header(int offset, String hex) {
    put(header, offset, hex);
    return this;
  }

  /// Changes bytes of the body.
  public QuoteMaker body(int offset, String hex) {
    put(body, offset, hex);
    return this;
  }

  /// Changes the body and its type, as version 5 has it.
  public QuoteMaker body(int type, int bytes) {
    bodyType = type;
    body = Arrays.copyOf(body, bytes);
    return this;
  }

  /// Changes bytes of the report of the quoting enclave, before it is signed.
  public QuoteMaker qeReport(int offset, String hex) {
    put(qeReport, offset, hex);
    return this;
  }

  /// Lets the quoting enclave name another attestation key.
  public QuoteMaker unbound() {
    bound = false;
    return this;
  }

  /// Changes the length of the quoting enclave's data.
  public QuoteMaker authData(int bytes) {
    authData = new byte[bytes];
    return this;
  }

  /// Changes the type of the certification data.
  public QuoteMaker certificationType(int type) {
    certificationType = type;
    return this;
  }

  /// Adds zeros behind the quote.
  public QuoteMaker padding(int bytes) {
    padding = bytes;
    return this;
  }

  Kind kind() {
    return kind;
  }

  /// Returns the key that signs what the quote says.
  public SigningKey attestationKey() {
    return attestationKey;
  }

  /// Makes the quote.
  ///
  /// @param pckKey signs the report of the quoting enclave
  /// @param chain the certificates in PEM
  Octets make(SigningKey pckKey, byte[] chain) {
    var point = attestationKey.point();
    var report = qeReport.clone();
    if (bound) {
      var sha256 = Measurement.sha256();
      sha256.update(point.buffer());
      System.arraycopy(sha256.digest(authData), 0, report, 320, 32);
    }
    var signed = new ByteArrayOutputStream();
    signed.writeBytes(header);
    if (kind.version == 5) {
      signed.writeBytes(u16(bodyType));
      signed.writeBytes(u32(body.length));
    }
    signed.writeBytes(body);
    var data = new ByteArrayOutputStream();
    data.writeBytes(attestationKey.sign(signed.toByteArray()));
    data.writeBytes(point.toBytes());
    var qe = qe(report, pckKey, chain);
    if (kind.version > 3) {
      data.writeBytes(u16(6));
      data.writeBytes(u32(qe.length));
    }
    data.writeBytes(qe);
    signed.writeBytes(u32(data.size()));
    signed.writeBytes(data.toByteArray());
    signed.writeBytes(new byte[padding]);
    return Octets.of(signed.toByteArray());
  }

  private byte[] qe(byte[] report, SigningKey pckKey, byte[] chain) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(report);
    out.writeBytes(pckKey.sign(report));
    out.writeBytes(u16(authData.length));
    out.writeBytes(authData);
    out.writeBytes(u16(certificationType));
    out.writeBytes(u32(chain.length));
    out.writeBytes(chain);
    return out.toByteArray();
  }

  private static byte[] u16(int value) {
    return new byte[] {(byte) value, (byte) (value >>> 8)};
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
