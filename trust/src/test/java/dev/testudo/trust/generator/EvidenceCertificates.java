package dev.testudo.trust.generator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/// Writes certificates with evidence in an extension (RA-TLS), for tests. Their signatures are
/// wrong; whoever reads evidence from such a certificate does not believe the certificate.
public final class EvidenceCertificates {
  /// ecdsa-with-SHA256.
  private static final byte[] ALGORITHM = HexFormat.of().parseHex("300a06082a8648ce3d040302");

  /// A key on P-256: the generator of the curve.
  private static final byte[] KEY =
      HexFormat.of()
          .parseHex(
              "3059301306072a8648ce3d020106082a8648ce3d030107034200"
                  + "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                  + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

  private EvidenceCertificates() {}

  /// Returns a certificate in DER with one extension.
  ///
  /// @param oid its object identifier in dotted decimal
  /// @param value what the extension holds
  public static byte[] with(String oid, byte[] value) {
    var name = sequence(tlv(0x31, sequence(identifier("2.5.4.3"), tlv(0x0c, ascii("quoted")))));
    var validity = sequence(tlv(0x17, ascii("250101000000Z")), tlv(0x17, ascii("350101000000Z")));
    var extension = sequence(identifier(oid), octets(value));
    var body =
        sequence(
            tlv(0xa0, tlv(2, new byte[] {2})),
            tlv(2, new byte[] {5}),
            ALGORITHM,
            name,
            validity,
            name,
            KEY,
            tlv(0xa3, sequence(extension)));
    return sequence(body, ALGORITHM, tlv(3, new byte[] {0, 0x30, 0}));
  }

  /// Returns an octet string in DER.
  public static byte[] octets(byte[] value) {
    return tlv(4, value);
  }

  private static byte[] identifier(String oid) {
    var out = new ByteArrayOutputStream();
    var arcs = oid.split("\\.", -1);
    out.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
    for (var i = 2; i < arcs.length; i++) {
      var arc = Integer.parseInt(arcs[i]);
      for (var shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          out.write(((arc >>> shift) & 0x7f) | 0x80);
        }
      }
      out.write(arc & 0x7f);
    }
    return tlv(6, out.toByteArray());
  }

  private static byte[] sequence(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      out.writeBytes(part);
    }
    return tlv(0x30, out.toByteArray());
  }

  private static byte[] tlv(int tag, byte[] value) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (value.length < 0x80) {
      out.write(value.length);
    } else if (value.length < 0x100) {
      out.write(0x81);
      out.write(value.length);
    } else {
      out.write(0x82);
      out.write(value.length >>> 8);
      out.write(value.length & 0xff);
    }
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
