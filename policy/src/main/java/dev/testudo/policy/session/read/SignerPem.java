package dev.testudo.policy.session.read;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// The public keys of signers: SubjectPublicKeyInfo (RFC 5280) in PEM (RFC 7468), as RFC 8410 and
/// RFC 5480 encode Ed25519 and P-384.
final class SignerPem {
  private static final Pattern BLOCK =
      Pattern.compile(
          "\\s*-----BEGIN PUBLIC KEY-----\\s([A-Za-z0-9+/=\\s]{1,1000})-----END PUBLIC KEY-----\\s*");

  /// The encodings up to the key itself, which has 32 and 97 bytes.
  private static final String ED25519 = "302a300506032b6570032100";

  private static final String P_384 = "3076301006072a8648ce3d020106052b8104002203620004";

  private SignerPem() {}

  /// Returns true if `pem` is one Ed25519 or P-384 key. Whether a P-384 key is a point of the curve
  /// shows when a signature is verified.
  static boolean isSigner(String pem) {
    var der = der(pem).map(HexFormat.of()::formatHex).orElse("");
    return (der.startsWith(ED25519) && der.length() == 2 * (12 + 32))
        || (der.startsWith(P_384) && der.length() == 2 * (23 + 97));
  }

  /// Returns the base64 text without white space, the same for each spelling of a key.
  static String body(String pem) {
    var block = BLOCK.matcher(pem);
    return block.matches() ? block.group(1).replaceAll("\\s", "") : pem;
  }

  private static Optional<byte[]> der(String pem) {
    if (!BLOCK.matcher(pem).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getDecoder().decode(body(pem)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
