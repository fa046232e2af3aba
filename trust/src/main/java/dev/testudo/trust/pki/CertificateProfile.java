package dev.testudo.trust.pki;

import java.util.List;
import java.util.Optional;

/// The purpose and the names of a certificate.
public sealed interface CertificateProfile {
  /// Returns the subject's common name.
  String commonName();

  /// A CA certificate: `CA:TRUE`, `keyCertSign` and `cRLSign`.
  record Authority(String commonName) implements CertificateProfile {}

  /// A certificate that identifies one end of a connection, with at least one name. Without an
  /// `endpoint` it has no extended key usage.
  record EndEntity(String commonName, List<SubjectName> names, Optional<Endpoint> endpoint)
      implements CertificateProfile {
    /// Checks that there is a name.
    public EndEntity {
      names = List.copyOf(names);
      if (names.isEmpty()) {
        throw new IllegalArgumentException("an end entity needs a subject alternative name");
      }
    }

    /// Returns the profile of a server with these DNS names; the first is the common name.
    public static EndEntity server(String... dns) {
      return of(Endpoint.SERVER, dns);
    }

    /// Returns the profile of a client with these DNS names; the first is the common name.
    public static EndEntity client(String... dns) {
      return of(Endpoint.CLIENT, dns);
    }

    private static EndEntity of(Endpoint endpoint, String... dns) {
      var names = List.<String>of(dns).stream().<SubjectName>map(SubjectName.Dns::new).toList();
      return new EndEntity(dns[0], names, Optional.of(endpoint));
    }
  }
}
