package dev.testudo.shield.tls;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedServer;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.trust.jsse.TlsContext;
import dev.testudo.trust.pki.Identity;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/// Engines based on the JDK's own TLS implementation. TLS 1.3 unless the rule permits 1.2; no
/// tickets, no early data.
public final class JsseEngines implements TlsEngines {
  /// AES-128 first: it is a fifth faster than AES-256, and both are secure.
  private static final String[] SUITES = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
  };

  /// Cipher suites for TLS 1.2 with foreign peers: forward secrecy and authenticated
  /// encryption only.
  private static final String[] OLDER_SUITES = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
  };

  /// One second more than the longest life of a ticket (RFC 8446 §4.6.1). With this session timeout
  /// JSSE neither issues nor stores tickets. The only other way is a property of the whole process.
  private static final int NO_TICKETS = 7 * 24 * 60 * 60 + 1;

  static {
    // With the timeout above, JSSE would promise a TLS 1.2 client a ticket and send none, which
    // breaks the handshake. Only this property of the whole process prevents that.
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
  }

  private final InstantSource clock;

  private final PerTerms<SSLContext> contexts = new PerTerms<>();

  /// Creates the engines. `clock` gives the time at which certificates must be valid.
  public JsseEngines(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public TlsEngine server(ServerTls tls) {
    var engine = contexts.of(tls, () -> context(tls)).createSSLEngine();
    engine.setUseClientMode(false);
    boolean verified = tls.clients().trust() instanceof PeerTrust.IssuedBy;
    var parameters = parameters(tls.minimum());
    parameters.setUseCipherSuitesOrder(true);
    parameters.setNeedClientAuth(verified);
    engine.setSSLParameters(parameters);
    var refusal = new AtomicReference<Optional<String>>(Optional.empty());
    engine.setHandshakeApplicationProtocolSelector((_, offered) -> select(offered, tls, refusal));
    return new JsseEngine(engine, new Bond(tls.alpn(), tls.minimum()), verified, refusal::get);
  }

  /// Selects a protocol for JSSE, which expects null if none fits.
  @SuppressWarnings("NullAway")
  private static String select(
      List<String> offered, ServerTls tls, AtomicReference<Optional<String>> refusal) {
    return switch (AlpnChoice.of(offered, tls.rule(), tls.alpn())) {
      case AlpnChoice.Accept(var protocol) -> protocol;
      case AlpnChoice.Refuse(var reason) -> {
        refusal.set(Optional.of(reason));
        yield null;
      }
    };
  }

  @Override
  public TlsEngine client(ClientTls tls) {
    // Without host and port, so that no session can be resumed.
    var engine = contexts.of(tls, () -> context(tls)).createSSLEngine();
    engine.setUseClientMode(true);
    var parameters = parameters(tls.minimum());
    parameters.setApplicationProtocols(
        tls.alpn().offers().map(AlpnChoice::wire).toArray(String[]::new));
    parameters.setServerNames(serverNames(tls.server()));
    engine.setSSLParameters(parameters);
    boolean verified = tls.server().trust() instanceof PeerTrust.IssuedBy;
    return new JsseEngine(engine, new Bond(tls.alpn(), tls.minimum()), verified, Optional::empty);
  }

  @Override
  public void retain(Collection<?> terms) {
    contexts.retain(terms);
  }

  @Override
  public TlsLibrary library() {
    return TlsLibrary.JSSE;
  }

  @Override
  public ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocate(capacity);
  }

  private SSLContext context(ServerTls tls) {
    return context(Optional.of(tls.identity()), PeerVerifier.ofClients(tls, clock));
  }

  private SSLContext context(ClientTls tls) {
    return context(tls.identity(), PeerVerifier.ofServer(tls, clock));
  }

  private static List<SNIServerName> serverNames(ExpectedServer server) {
    return SubjectNames.serverName(server.name()).<SNIServerName>map(SNIHostName::new).stream()
        .toList();
  }

  private static SSLParameters parameters(TlsVersion minimum) {
    return switch (minimum) {
      case TLS1_3 -> new SSLParameters(SUITES, new String[] {"TLSv1.3"});
      case TLS1_2 ->
          new SSLParameters(
              Stream.concat(Stream.of(SUITES), Stream.of(OLDER_SUITES)).toArray(String[]::new),
              new String[] {"TLSv1.3", "TLSv1.2"});
    };
  }

  private static SSLContext context(Optional<Identity> identity, Optional<PeerVerifier> verifier) {
    var context = TlsContext.of(identity, judge(verifier));
    context.getServerSessionContext().setSessionTimeout(NO_TICKETS);
    context.getClientSessionContext().setSessionTimeout(NO_TICKETS);
    return context;
  }

  /// Returns the certificate check. Without a verifier any peer passes.
  private static TlsContext.Judge judge(Optional<PeerVerifier> verifier) {
    return chain -> {
      if (verifier.isPresent()) {
        verifier.get().judge(chain);
      }
    };
  }
}
