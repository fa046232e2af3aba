package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import dev.testudo.trust.secret.Secret;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A private key, its certificate, and the chain from that certificate to a root.
///
/// @param chain the issuers, nearest first, without the certificate itself; the root
///     may be left out
public record Identity(PrivateKey key, X509Certificate certificate, List<X509Certificate> chain) {
  private static final Duration EPHEMERAL = Duration.ofDays(365);

  /// Copies the chain.
  public Identity {
    chain = List.copyOf(chain);
  }

  /// Parses one private key and at least one certificate. The first certificate must contain the
  /// key's public key; the others are its chain. The key may be anywhere in the text.
  public static Identity fromPem(String text) throws PkiException {
    var blocks = Pem.read(text);
    var keys = blocks.stream().filter(Identity::isKey).toList();
    if (keys.isEmpty()) {
      throw new PkiException(Fault.NO_KEY, "there is no `PRIVATE KEY` block");
    }
    if (keys.size() > 1) {
      throw new PkiException(
          Fault.WRONG_NUMBER, "there is a second private key", keys.get(1).offset());
    }
    for (var block : blocks) {
      if (!isKey(block)
          && !Certificates.isCertificate(block)
          && !block.label().equals("EC PARAMETERS")) {
        throw new PkiException(
            Fault.FOREIGN_BLOCK,
            "`%s` does not belong in an identity".formatted(block.label()),
            block.offset());
      }
    }
    var certificates = Certificates.of(blocks);
    if (certificates.isEmpty()) {
      throw new PkiException(Fault.NO_CERTIFICATE, "there is no `CERTIFICATE` block");
    }
    var key = PrivateKeys.fromBlock(keys.getFirst());
    blocks.forEach(PemBlock::wipe);
    if (!PrivateKeys.belongTogether(key, certificates.getFirst().getPublicKey())) {
      throw new PkiException(
          Fault.OTHER_KEY,
          "the private key does not belong to the first certificate",
          keys.getFirst().offset());
    }
    return new Identity(key, certificates.getFirst(), certificates.subList(1, certificates.size()));
  }

  /// Generates a P-256 key with a self-signed certificate for `dnsName`, valid for a year from now.
  public static Identity ephemeral(String dnsName) {
    return ephemeral(dnsName, new SecureRandom(), InstantSource.system());
  }

  /// Generates an identity like [#ephemeral(String)], with the given randomness and clock.
  public static Identity ephemeral(String dnsName, SecureRandom random, InstantSource clock) {
    return CertificateAuthority.selfSigned(
        new CertificateProfile.EndEntity(
            dnsName, List.of(new SubjectName.Dns(dnsName)), Optional.empty()),
        KeyAlgorithm.P_256.generate(random),
        Validity.lasting(EPHEMERAL, clock.instant()),
        random);
  }

  /// Returns the hash of the public key.
  public KeyHash keyHash() {
    return KeyHash.of(certificate);
  }

  /// Returns the certificate followed by its chain.
  public List<X509Certificate> certificates() {
    var all = new ArrayList<X509Certificate>();
    all.add(certificate);
    all.addAll(chain);
    return all;
  }

  /// Returns the key, certificate and chain as PEM, which [#fromPem(String)] can read.
  public Secret toPem() {
    return Secret.ofText(
        Pem.write("PRIVATE KEY", key.getEncoded()) + Certificates.toPem(certificates()));
  }

  private static boolean isKey(PemBlock block) {
    return block.label().endsWith("PRIVATE KEY");
  }

  @Override
  public String toString() {
    return "Identity[%s]".formatted(keyHash());
  }
}
