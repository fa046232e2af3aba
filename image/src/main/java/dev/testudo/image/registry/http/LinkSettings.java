package dev.testudo.image.registry.http;

import dev.testudo.trust.http.Proxies;

/// How servers are reached.
///
/// @param limits the limits of every exchange
/// @param plain the hosts to which plain HTTP is permitted
/// @param certificates where certificates of single hosts are found
/// @param proxies the proxies through which servers are reached
public record LinkSettings(
    LinkLimits limits, PlainHttp plain, HostCertificates certificates, Proxies proxies) {

  /// Returns the same settings with other proxies.
  public LinkSettings through(Proxies others) {
    return new LinkSettings(limits, plain, certificates, others);
  }
}
