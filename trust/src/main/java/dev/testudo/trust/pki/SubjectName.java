package dev.testudo.trust.pki;

import java.net.InetAddress;

/// An entry of a certificate's subject alternative names.
public sealed interface SubjectName {
  /// A DNS name, possibly with a leading `*.`.
  record Dns(String name) implements SubjectName {}

  /// An IPv4 or IPv6 address.
  record Ip(InetAddress address) implements SubjectName {}
}
