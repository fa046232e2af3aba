package dev.testudo.trust.generator;

import static dev.testudo.trust.generator.DerWriter.bits;
import static dev.testudo.trust.generator.DerWriter.integer;
import static dev.testudo.trust.generator.DerWriter.octets;
import static dev.testudo.trust.generator.DerWriter.oid;
import static dev.testudo.trust.generator.DerWriter.sequence;
import static dev.testudo.trust.generator.DerWriter.tagged;
import static dev.testudo.trust.generator.DerWriter.time;
import static dev.testudo.trust.generator.DerWriter.truth;

import dev.testudo.trust.attest.evidence.Octets;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Arrays;
import javax.security.auth.x500.X500Principal;

/// Writes revocation lists in the form of AMD's (RFC 5280, section 5).
public final class AmdCrlBuilder {
  private final PrivateKey signer;
  private X500Principal issuer;
  private PssSigner algorithm = PssSigner.AMD;
  private Instant thisUpdate = Instant.parse("2025-01-01T00:00:00Z");
  private Instant nextUpdate = Instant.parse("2026-01-01T00:00:00Z");
  private long[] serials = {};
  private boolean partial;

  public AmdCrlBuilder(String issuer, PrivateKey signer) {
    this.issuer = AmdCertificateBuilder.amd(issuer);
    this.signer = signer;
  }

  public AmdCrlBuilder issuer(X500Principal name) {
    issuer = name;
    return this;
  }

  public AmdCrlBuilder algorithm(PssSigner other) {
    algorithm = other;
    return this;
  }

  public AmdCrlBuilder valid(Instant from, Instant to) {
    thisUpdate = from;
    nextUpdate = to;
    return this;
  }

  public AmdCrlBuilder revoke(long... numbers) {
    serials = numbers.clone();
    return this;
  }

  /// Makes it a list of the changes since another (deltaCRLIndicator, critical).
  public AmdCrlBuilder partial() {
    partial = true;
    return this;
  }

  /// Returns the list in DER.
  public Octets build() {
    var entries =
        Arrays.stream(serials)
            .mapToObj(number -> sequence(integer(number), time(thisUpdate)))
            .toArray(byte[][]::new);
    var tbs =
        sequence(
            integer(1),
            algorithm.algorithm(),
            issuer.getEncoded(),
            time(thisUpdate),
            time(nextUpdate),
            serials.length == 0 ? new byte[0] : sequence(entries),
            partial
                ? tagged(0, sequence(sequence(oid("2.5.29.27"), truth(), octets(integer(1)))))
                : new byte[0]);
    return Octets.of(sequence(tbs, algorithm.algorithm(), bits(algorithm.sign(tbs, signer))));
  }
}
