package dev.testudo.trust.collateral.input;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.Certificates;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The certificates of authorities that were found, by their names. No signature is verified.
final class CertificatePool {
  private static final String INTEL_ROOT = "Intel SGX Root CA";
  private static final String ARK = "ARK-";
  private static final Pattern ASK = Pattern.compile("SEV-(VLEK-)?([A-Z][A-Za-z0-9]{0,15})");
  private static final Set<String> LEAVES = Set.of("SEV-VCEK", "SEV-VLEK");

  private final Set<X509Certificate> certificates = new LinkedHashSet<>();

  /// Returns whether a certificate belongs to an authority of a manufacturer.
  static boolean isAuthority(String name) {
    return name.startsWith("Intel SGX ")
        || name.startsWith(ARK)
        || (ASK.matcher(name).matches() && !LEAVES.contains(name));
  }

  void add(X509Certificate certificate) {
    certificates.add(certificate);
  }

  /// Returns the certificate of a signer and Intel's root, in PEM, if both were found. Of several
  /// certificates with one name, the latest counts.
  Optional<String> intelChain(String signer) {
    var root = latest(INTEL_ROOT);
    if (signer.equals(INTEL_ROOT)) {
      return root.map(certificate -> Certificates.toPem(List.of(certificate)));
    }
    return latest(signer).flatMap(leaf -> root.map(top -> Certificates.toPem(List.of(leaf, top))));
  }

  private Optional<X509Certificate> latest(String name) {
    return certificates.stream()
        .filter(certificate -> CommonName.of(certificate).equals(name))
        .max(Comparator.comparing(X509Certificate::getNotBefore));
  }

  /// Returns AMD's chains: an intermediate certificate and the root of its generation.
  List<Document> amdChains() {
    var chains = new ArrayList<Document>();
    for (var certificate : certificates) {
      var name = CommonName.of(certificate);
      var matcher = ASK.matcher(name);
      if (matcher.matches() && !LEAVES.contains(name)) {
        var product = matcher.group(2);
        var key = matcher.group(1) == null ? SnpKey.VCEK : SnpKey.VLEK;
        latest(ARK + product)
            .map(root -> Certificates.toPem(List.of(certificate, root)).getBytes(US_ASCII))
            .map(pem -> new Document(amd(product, key), Octets.of(pem), Octets.of(new byte[0])))
            .ifPresent(chains::add);
      }
    }
    return chains;
  }

  private static DocumentId amd(String product, SnpKey key) {
    return new DocumentId.AmdChain(product, key);
  }
}
