package dev.testudo.trust.secret;

import java.security.GeneralSecurityException;
import javax.crypto.KDF;

/// HKDF with SHA-256 (RFC 5869) of the JDK.
public final class Hkdf {
  /// The provider that every JDK has. Without its name, the JDK starts all providers to look for
  /// alternatives, and that of Bouncy Castle needs a second for it.
  private static final String PROVIDER = "SunJCE";

  private Hkdf() {}

  /// Returns a new instance, for use by one thread.
  public static KDF sha256() {
    try {
      return KDF.getInstance("HKDF-SHA256", PROVIDER);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e); // every JDK has it
    }
  }
}
