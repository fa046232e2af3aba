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
import java.io.ByteArrayOutputStream;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.x500.X500Principal;

/// Writes certificates in the form of AMD's. Each part can be changed alone, and the result is
/// signed correctly all the same.
public final class AmdCertificateBuilder {
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";

  /// What is signed, and how. The result is always the same, and takes long.
  private record Unsigned(Octets tbs, PssSigner algorithm, PrivateKey signer) {}

  private static final Map<Unsigned, Octets> BUILT = new ConcurrentHashMap<>();

  private X500Principal subject;
  private X500Principal issuer;
  private PublicKey key;
  private PrivateKey signer;
  private PssSigner algorithm = PssSigner.AMD;
  private long serial;
  private Instant notBefore = Instant.parse("2024-01-01T00:00:00Z");
  private Instant notAfter = Instant.parse("2034-01-01T00:00:00Z");
  private final Map<String, byte[]> extensions = new LinkedHashMap<>();
  private final Set<String> critical = new TreeSet<>();

  /// Creates a certificate for `key`, signed by `signer`.
  ///
  /// @param subject the common name; the other parts of the name are AMD's
  public AmdCertificateBuilder(String subject, PublicKey key, String issuer, PrivateKey signer) {
    this.subject = amd(subject);
    this.key = key;
    this.issuer = amd(issuer);
    this.signer = signer;
  }

  /// Returns a name as AMD's certificates have it.
  public static X500Principal amd(String common) {
    return new X500Principal(
        "CN=%s,O=Advanced Micro Devices,ST=CA,L=Santa Clara,C=US,OU=Engineering".formatted(common));
  }

  public AmdCertificateBuilder subject(X500Principal name) {
    subject = name;
    return this;
  }

  public AmdCertificateBuilder issuer(X500Principal name) {
    issuer = name;
    return this;
  }

  public AmdCertificateBuilder key(PublicKey other) {
    key = other;
    return this;
  }

  public AmdCertificateBuilder signer(PrivateKey other) {
    signer = other;
    return this;
  }

  public AmdCertificateBuilder algorithm(PssSigner other) {
    algorithm = other;
    return this;
  }

  public AmdCertificateBuilder serial(long number) {
    serial = number;
    return this;
  }

  public AmdCertificateBuilder valid(Instant from, Instant to) {
    notBefore = from;
    notAfter = to;
    return this;
  }

  /// Makes it an authority: CA:TRUE, keyCertSign and cRLSign.
  public AmdCertificateBuilder authority() {
    extension(BASIC_CONSTRAINTS, sequence(truth()));
    return usage(0x06);
  }

  /// Sets the bits of keyUsage, the first of which is 0x80.
  public AmdCertificateBuilder usage(int bits) {
    critical(KEY_USAGE);
    return extension(KEY_USAGE, DerWriter.value(0x03, new byte[] {1, (byte) bits}));
  }

  public AmdCertificateBuilder extension(String oid, byte[] value) {
    extensions.put(oid, value);
    return this;
  }

  public AmdCertificateBuilder without(String oid) {
    extensions.remove(oid);
    return this;
  }

  public AmdCertificateBuilder critical(String oid) {
    critical.add(oid);
    return this;
  }

  /// Returns the certificate in DER.
  public Octets build() {
    var tbs =
        sequence(
            tagged(0, integer(2)),
            integer(serial),
            algorithm.algorithm(),
            issuer.getEncoded(),
            sequence(time(notBefore), time(notAfter)),
            subject.getEncoded(),
            key.getEncoded(),
            tagged(3, extensions()));
    return BUILT.computeIfAbsent(
        new Unsigned(Octets.of(tbs), algorithm, signer),
        _ -> Octets.of(sequence(tbs, algorithm.algorithm(), bits(algorithm.sign(tbs, signer)))));
  }

  private byte[] extensions() {
    var out = new ByteArrayOutputStream();
    extensions.forEach(
        (oid, value) ->
            out.writeBytes(
                critical.contains(oid)
                    ? sequence(oid(oid), truth(), octets(value))
                    : sequence(oid(oid), octets(value))));
    return sequence(out.toByteArray());
  }
}
