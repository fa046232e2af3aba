package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Evidence.TpmQuote;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/// Writes quotes as a TPM does (TPMS_ATTEST, TPM 2.0, part 2, section 10.12). Each part can be
/// changed alone.
public final class TpmQuoteBuilder {
  private static final int MOST = 1024;

  private int magic = 0xff544347;
  private int type = 0x8018;
  private int banks = 1;
  private int bank = 0x000b;
  private String selection = "ffffff";
  private byte[] extraData = {};
  private byte[] digest = {};
  private byte[] pcrs = new byte[24 * 32];
  private byte[] tail = {};

  /// Creates a quote of 24 registers, each of which has its number in every byte.
  public TpmQuoteBuilder() {
    for (var i = 0; i < pcrs.length; i++) {
      pcrs[i] = (byte) (i / 32);
    }
    digest = Measurement.sha256().digest(pcrs);
  }

  public TpmQuoteBuilder magic(int other) {
    magic = other;
    return this;
  }

  public TpmQuoteBuilder type(int other) {
    type = other;
    return this;
  }

  public TpmQuoteBuilder banks(int count, int algorithm) {
    banks = count;
    bank = algorithm;
    return this;
  }

  /// Sets which registers are quoted, and their values.
  public TpmQuoteBuilder registers(String bits, byte[] values) {
    selection = bits;
    pcrs = values.clone();
    digest = Measurement.sha256().digest(pcrs);
    return this;
  }

  public TpmQuoteBuilder extraData(Octets data) {
    extraData = data.toBytes();
    return this;
  }

  public TpmQuoteBuilder digest(byte[] other) {
    digest = other.clone();
    return this;
  }

  public TpmQuoteBuilder tail(byte[] bytes) {
    tail = bytes.clone();
    return this;
  }

  /// Returns the quote, signed by an RSA key.
  public TpmQuote build(PrivateKey key) {
    return build(attest -> sign(attest, key));
  }

  /// Returns the quote, signed by some key.
  public TpmQuote build(UnaryOperator<byte[]> key) {
    var select = HexFormat.of().parseHex(selection);
    var out = ByteBuffer.allocate(MOST);
    out.putInt(magic).putShort((short) type);
    sized(out, new byte[34]);
    sized(out, extraData);
    out.putLong(1000).putInt(1).putInt(2).put((byte) 1).putLong(0x2003_1200_1200_0300L);
    out.putInt(banks).putShort((short) bank).put((byte) select.length).put(select);
    sized(out, digest);
    out.put(tail);
    var attest = Arrays.copyOf(out.array(), out.position());
    return new TpmQuote(Octets.of(attest), Octets.of(key.apply(attest)), Octets.of(pcrs));
  }

  private static void sized(ByteBuffer out, byte[] bytes) {
    out.putShort((short) bytes.length).put(bytes);
  }

  private static byte[] sign(byte[] attest, PrivateKey key) {
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(attest);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
