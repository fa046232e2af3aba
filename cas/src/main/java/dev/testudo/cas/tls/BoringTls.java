package dev.testudo.cas.tls;

import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.pki.Identity;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/// TLS of BoringSSL. A handshake takes a fraction of the JDK's time, also in a process that has
/// just started.
final class BoringTls implements HttpsEngines {
  /// The engines copy through small direct buffers. Their callers are virtual threads, so no cache
  /// per thread.
  private static final ByteBufAllocator BUFFERS =
      new PooledByteBufAllocator(true, 0, 2, 8192, 3, 0, 0, false);

  static {
    // Netty reads it when it creates the first context, and has no option of a context for it.
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
  }

  private final SslContext context;

  BoringTls(Identity identity) {
    var chain = new ArrayList<X509Certificate>();
    chain.add(identity.certificate());
    chain.addAll(identity.chain());
    try {
      context =
          SslContextBuilder.forServer(identity.key(), chain.toArray(X509Certificate[]::new))
              .sslProvider(SslProvider.OPENSSL_REFCNT)
              .protocols("TLSv1.3")
              .clientAuth(ClientAuth.OPTIONAL)
              .trustManager(ChannelTls.anyKey())
              .build();
    } catch (SSLException e) {
      throw new IllegalStateException("BoringSSL does not accept the identity of CAS", e);
    }
  }

  /// Returns why BoringSSL cannot be used here, or empty if it can.
  static Optional<String> problem() {
    return Optional.ofNullable(OpenSsl.unavailabilityCause()).map(String::valueOf);
  }

  @Override
  public SSLEngine engine() {
    return context.newEngine(BUFFERS);
  }

  @Override
  public void release(SSLEngine engine) {
    ReferenceCountUtil.release(engine);
  }

  @Override
  public void close() {
    ReferenceCountUtil.release(context);
  }
}
