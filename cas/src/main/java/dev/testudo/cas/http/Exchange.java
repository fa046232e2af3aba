package dev.testudo.cas.http;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// One request as the routes see it.
///
/// @param method `GET`, `POST`, …
/// @param path exactly as it was sent, not decoded
/// @param query what follows `?`, if anything does
/// @param client the certificate whose key the client has proved to hold
/// @param body not read yet
record Exchange(
    String method,
    String path,
    Optional<String> query,
    Optional<X509Certificate> client,
    InputStream body) {

  /// The whole body, which may have `limit` bytes.
  byte[] body(int limit) throws Refused, IOException {
    return new Body(body, System::nanoTime).read(limit);
  }

  /// The certificate of a caller who needs one.
  X509Certificate certificate() throws Refused {
    return client.orElseThrow(
        () -> new Refused(RefusalId.CERTIFICATE_NEEDED, "this needs a client certificate"));
  }

  /// The key of a caller who needs one.
  KeyHash caller() throws Refused {
    return KeyHash.of(certificate());
  }
}
