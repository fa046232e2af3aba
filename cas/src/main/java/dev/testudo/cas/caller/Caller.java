package dev.testudo.cas.caller;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.trust.pki.KeyHash;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// The caller of one request, and the id of that request.
///
/// @param certificate the certificate whose key the caller has proved to hold, if it presented one
/// @param key the hash of that key; present exactly if `certificate` is
/// @param address the address that the request came from
/// @param request the id of the request in answers, logs and audit events: 16 hexadecimal digits.
///     It is not secret and grants no right.
public record Caller(
    Optional<X509Certificate> certificate,
    Optional<KeyHash> key,
    InetAddress address,
    String request) {
  /// Returns the caller at `address` that has proved to hold the key of `certificate`, with
  /// a fresh request id.
  public static Caller of(Optional<X509Certificate> certificate, InetAddress address) {
    return new Caller(certificate, certificate.map(KeyHash::of), address, requestId());
  }

  /// Returns a fresh request id.
  public static String requestId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /// Returns the caller's key.
  ///
  /// @throws Refused if the caller presented no certificate
  public KeyHash requireKey() throws Refused {
    return key.orElseThrow(Caller::needed);
  }

  /// Returns the caller's certificate.
  ///
  /// @throws Refused if the caller presented no certificate
  public X509Certificate requireCertificate() throws Refused {
    return certificate.orElseThrow(Caller::needed);
  }

  private static Refused needed() {
    return new Refused(RefusalId.CERTIFICATE_NEEDED, "this request needs a client certificate");
  }

  /// Returns one line for logs: `key=… address=… request=…`.
  @Override
  public String toString() {
    return "key=%s address=%s request=%s"
        .formatted(key.map(KeyHash::text).orElse("none"), address.getHostAddress(), request);
  }
}
