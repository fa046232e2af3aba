package dev.testudo.trust.attest;

import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.HardwareRoots.AmdRoot;
import dev.testudo.trust.attest.context.HardwareRoots.IntelRoot;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.regex.Pattern;

/// Reads roots for tests: certificates of somebody who plays Intel or AMD. Evidence that rests on
/// them is never shown as hardware attested.
public final class TestRoots {
  private static final int COORDINATE = 32;
  private static final Pattern ARK =
      Pattern.compile("(?:^|,\\s*)CN=ARK-([A-Za-z0-9]{1,16})(?:,|$)");

  private TestRoots() {}

  /// Reads certificates in PEM. One with a key on P-256 is a root like Intel's; one with an RSA key
  /// and the common name `ARK-<product>` is a root like AMD's.
  ///
  /// @throws PkiException if there is none, or one is something else
  public static HardwareRoots read(String pem) throws PkiException {
    var intel = new ArrayList<IntelRoot>();
    var amd = new ArrayList<AmdRoot>();
    for (var block : Pem.read(pem)) {
      var certificate = Certificates.fromDer(block.der());
      switch (certificate.getPublicKey()) {
        case ECPublicKey key when isP256(key) -> intel.add(new IntelRoot(point(key), Root.TEST));
        case RSAPublicKey _ ->
            amd.add(new AmdRoot(product(certificate), sha256(block.der()), Root.TEST));
        default -> throw neither(certificate);
      }
    }
    if (intel.isEmpty() && amd.isEmpty()) {
      throw new PkiException(PkiException.Fault.NO_CERTIFICATE, "there is no certificate");
    }
    return new HardwareRoots(intel, amd);
  }

  private static boolean isP256(ECPublicKey key) {
    return key.getParams().getCurve().getField().getFieldSize() == 8 * COORDINATE;
  }

  private static Octets point(ECPublicKey key) {
    var point = new byte[2 * COORDINATE];
    put(key.getW().getAffineX(), point, COORDINATE);
    put(key.getW().getAffineY(), point, 2 * COORDINATE);
    return Octets.of(point);
  }

  /// Writes a coordinate so that it ends at `end`.
  private static void put(BigInteger coordinate, byte[] point, int end) {
    var bytes = coordinate.toByteArray(); // has a sign, which is zero here
    var count = Math.min(bytes.length, COORDINATE);
    System.arraycopy(bytes, bytes.length - count, point, end - count, count);
  }

  private static String product(X509Certificate certificate) throws PkiException {
    var matcher = ARK.matcher(certificate.getSubjectX500Principal().getName());
    if (!matcher.find()) {
      throw neither(certificate);
    }
    return matcher.group(1);
  }

  private static Octets sha256(byte[] der) {
    return Octets.of(Measurement.sha256().digest(der));
  }

  private static PkiException neither(X509Certificate certificate) {
    return new PkiException(
        PkiException.Fault.UNSUPPORTED,
        ("`%s` is neither a root like Intel's (a key on P-256) nor one like AMD's (an RSA key and the"
                + " name `ARK-<product>`)")
            .formatted(certificate.getSubjectX500Principal().getName()));
  }
}
