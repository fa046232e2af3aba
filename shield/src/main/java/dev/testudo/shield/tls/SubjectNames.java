package dev.testudo.shield.tls;

import dev.testudo.policy.address.AddressText;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SNIHostName;

/// The subject alternative names of a certificate, and how they match (RFC 9525). The common name
/// is ignored.
record SubjectNames(List<String> dns, List<InetAddress> addresses, List<String> uris) {
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int IP = 7;

  SubjectNames {
    dns = List.copyOf(dns);
    addresses = List.copyOf(addresses);
    uris = List.copyOf(uris);
  }

  static SubjectNames of(X509Certificate certificate) throws PeerRefused {
    var dns = new ArrayList<String>();
    var addresses = new ArrayList<InetAddress>();
    var uris = new ArrayList<String>();
    try {
      var names = certificate.getSubjectAlternativeNames();
      for (var name : names == null ? List.<List<?>>of() : names) {
        switch ((int) name.get(0)) {
          case DNS -> dns.add(plain((String) name.get(1)));
          case IP -> addresses.add(InetAddress.ofLiteral((String) name.get(1)));
          case URI -> uris.add((String) name.get(1));
          default -> {} // mail addresses and the like do not name a peer
        }
      }
    } catch (CertificateParsingException | IllegalArgumentException _) {
      throw new PeerRefused("subject alternative names of the peer certificate cannot be read");
    }
    return new SubjectNames(dns, addresses, uris);
  }

  boolean isEmpty() {
    return dns.isEmpty() && addresses.isEmpty() && uris.isEmpty();
  }

  /// Returns whether the certificate is valid for `name`, a DNS name or an IP address.
  boolean hold(String name) {
    var address = literal(name);
    return address.isEmpty()
        ? dns.stream().anyMatch(pattern -> matches(pattern, plain(name)))
        : addresses.contains(address.getFirst());
  }

  /// Returns whether `name`, a DNS name or a URI, is literally one of the certificate's names.
  boolean contain(String name) {
    return dns.contains(plain(name)) || uris.contains(name);
  }

  /// Returns the name to show for the peer.
  String first() {
    if (!dns.isEmpty()) {
      return dns.getFirst();
    }
    return uris.isEmpty() ? AddressText.of(addresses.getFirst()) : uris.getFirst();
  }

  /// Returns all names, for a message.
  @Override
  public String toString() {
    var all = new ArrayList<>(dns);
    addresses.forEach(address -> all.add(AddressText.of(address)));
    all.addAll(uris);
    return String.join(", ", all);
  }

  /// Returns `name` in the form for SNI. Returns empty for an IP address (RFC 6066 §3), and for a
  /// name that is not a host name, such as one with an underscore.
  static Optional<String> serverName(String name) {
    if (!literal(name).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SNIHostName(name).getAsciiName());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Matches a name. A wildcard stands for exactly one whole left-most label.
  private static boolean matches(String pattern, String name) {
    if (!pattern.startsWith("*.")) {
      return pattern.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && pattern.length() > 2 && pattern.substring(1).equals(name.substring(dot));
  }

  private static List<InetAddress> literal(String name) {
    try {
      return List.of(InetAddress.ofLiteral(name));
    } catch (IllegalArgumentException _) {
      return List.of();
    }
  }

  /// Returns `name` for comparison: case and a final dot are ignored.
  private static String plain(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
