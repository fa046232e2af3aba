package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Octets;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A revocation list of an Intel-like manufacturer. Not thread-safe.
public final class CrlMaker {
  private final CertificateMaker issuer;
  private final List<BigInteger> revoked = new ArrayList<>();
  private Instant from = IntelPlatformMaker.AT.minusSeconds(86_400);
  private Instant until = IntelPlatformMaker.AT.plusSeconds(86_400 * 29L);
  private Optional<SigningKey> signer = Optional.empty();
  private boolean hexadecimal;

  CrlMaker(CertificateMaker issuer) {
    this.issuer = issuer;
  }

  /// Revokes a certificate.
  public CrlMaker revoke(CertificateMaker certificate) {
    revoked.add(certificate.serial());
    return this;
  }

  /// Changes the first instant at which it is valid.
  public CrlMaker from(Instant instant) {
    from = instant;
    return this;
  }

  /// Changes the last instant at which it is valid.
  public CrlMaker until(Instant instant) {
    until = instant;
    return this;
  }

  /// Changes the key that signs it.
  public CrlMaker signedBy(SigningKey other) {
    signer = Optional.of(other);
    return this;
  }

  /// Writes it as hexadecimal text, as PCCS before version 3.1 do.
  public CrlMaker hexadecimal() {
    hexadecimal = true;
    return this;
  }

  Octets make() {
    var der = issuer.crl(from, until, revoked, signer.orElse(issuer.key()));
    return Octets.of(
        hexadecimal
            ? HexFormat.of().withUpperCase().formatHex(der).getBytes(StandardCharsets.US_ASCII)
            : der);
  }
}
