package dev.testudo.cas.tls;

import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.pki.Identity;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/// TLS of the JDK.
final class JdkTls implements HttpsEngines {
  /// One second more than the longest life of a ticket (RFC 8446 §4.6.1): JSSE then issues none.
  private static final int NO_TICKETS = 7 * 24 * 60 * 60 + 1;

  private final SSLContext context;

  JdkTls(Identity identity) {
    this.context = ChannelTls.server(identity);
    context.getServerSessionContext().setSessionTimeout(NO_TICKETS);
  }

  @Override
  public SSLEngine engine() {
    var engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(new String[] {"TLSv1.3"});
    engine.setWantClientAuth(true);
    return engine;
  }

  @Override
  public void release(SSLEngine engine) {
    // It holds nothing outside the heap.
  }

  @Override
  public void close() {
    // As above.
  }
}
