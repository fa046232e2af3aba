package dev.testudo.cli.attest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// Certificates beside a SEV-SNP report: the table that a host gives, or the certificate of the
/// signing key alone, which becomes such a table (GHCB specification, section 4.1.8.1).
final class SnpCertificates {
  private static final int ENTRY = 24;
  private static final String VCEK = "8d75da6364e66445adc5f4b93be8accd";
  private static final String VLEK = "c24b07a85aa23e48aae639c045a0b8a1";

  /// Where a report says which key signed it (KEY_INFO, bits 2 to 4), and the number of a VLEK.
  private static final int KEY_INFO = 0x48;

  private SnpCertificates() {}

  /// Returns a certificate table.
  ///
  /// @param given a table, or a certificate in DER or PEM
  /// @param report the report that the certificate belongs to
  static Octets table(Octets given, Octets report) throws CommandFailed {
    var first = given.length() == 0 ? 0 : given.u8(0);
    if (first == '-') {
      return table(leaf(given), isVlek(report));
    }
    return first == 0x30 ? table(given.toBytes(), isVlek(report)) : given;
  }

  private static boolean isVlek(Octets report) {
    return report.length() > KEY_INFO && (report.u8(KEY_INFO) >>> 2 & 7) == 1;
  }

  /// Returns the first certificate of a PEM text that is no authority.
  private static byte[] leaf(Octets pem) throws CommandFailed {
    try {
      for (var block : Pem.read(new String(pem.toBytes(), ISO_8859_1))) {
        if (!Certificates.isAuthority(Certificates.fromDer(block.der()))) {
          return block.der();
        }
      }
    } catch (PkiException e) {
      throw CommandFailed.input("the certificates beside the report: " + e.getMessage());
    }
    throw CommandFailed.input("none of the certificates beside the report is of a signing key");
  }

  private static Octets table(byte[] der, boolean vlek) {
    var table = ByteBuffer.allocate(2 * ENTRY + der.length).order(ByteOrder.LITTLE_ENDIAN);
    table.put(HexFormat.of().parseHex(vlek ? VLEK : VCEK)).putInt(2 * ENTRY).putInt(der.length);
    table.position(2 * ENTRY);
    return Octets.of(table.put(der).array());
  }
}
