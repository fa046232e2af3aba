package dev.testudo.cas.tls;

import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.pki.Identity;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/// TLS of the JDK.
final class JdkTls implements HttpsEngines {
  private final SSLContext context;

  JdkTls(Identity identity) {
    this.context = ChannelTls.server(identity);
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
