package dev.testudo.cas.caller;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.trust.pki.KeyHash;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Who makes one request, and what that request is called.
///
/// @param certificate the certificate whose key the caller has proved to hold, if it showed one
/// @param key the hash of that key; present exactly if `certificate` is
/// @param address where the request came from
/// @param request names the request in answers, logs and audit events: 16 hexadecimal digits. It is
///     no secret and gives no right
public record Caller(
    Optional<X509Certificate> certificate,
    Optional<KeyHash> key,
    InetAddress address,
    String request) {
  /// The caller at `address`, which has proved to hold the key of `certificate`. Its request gets a
  /// name of its own.
  public static Caller of(Optional<X509Certificate> certificate, InetAddress address) {
    return new Caller(certificate, certificate.map(KeyHash::of), address, requestId());
  }

  /// A fresh name for a request.
  public static String requestId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /// The key of a caller who needs one.
  public KeyHash requireKey() throws Refused {
    return key.orElseThrow(Caller::needed);
  }

  /// The certificate of a caller who needs one.
  public X509Certificate requireCertificate() throws Refused {
    return certificate.orElseThrow(Caller::needed);
  }

  private static Refused needed() {
    return new Refused(RefusalId.CERTIFICATE_NEEDED, "this needs a client certificate");
  }

  /// One line for logs: `key=… address=… request=…`.
  @Override
  public String toString() {
    return "key=%s address=%s request=%s"
        .formatted(key.map(KeyHash::text).orElse("none"), address.getHostAddress(), request);
  }
}
