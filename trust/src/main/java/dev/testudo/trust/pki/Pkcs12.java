package dev.testudo.trust.pki;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;

/// Writes a key and its certificates as a PKCS#12 structure (RFC 7292).
public final class Pkcs12 {
  private Pkcs12() {}

  /// Returns `identity` as PKCS#12 with an empty password and the friendly name `name`.
  public static byte[] write(Identity identity, String name) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          name,
          identity.key(),
          new char[0],
          identity.certificates().toArray(X509Certificate[]::new));
      var out = new ByteArrayOutputStream();
      store.store(out, new char[0]);
      return out.toByteArray();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot write PKCS#12", e);
    }
  }
}
