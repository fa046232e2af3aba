package dev.testudo.shield.tls;

import dev.testudo.shield.TlsSession;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// Implements [TlsEngine] with the JDK's TLS. Works on heap buffers and supports half-close.
final class JsseEngine implements TlsEngine {
  private final SSLEngine engine;
  private final Bond bond;
  private final boolean verified;
  private boolean established;

  /// Returns the reason for an ALPN refusal, which JSSE's own message lacks.
  private final Supplier<Optional<String>> alpnRefusal;

  JsseEngine(
      SSLEngine engine, Bond bond, boolean verified, Supplier<Optional<String>> alpnRefusal) {
    this.engine = engine;
    this.bond = bond;
    this.verified = verified;
    this.alpnRefusal = alpnRefusal;
    try {
      // Before this call JSSE reports the same state as after a handshake.
      engine.beginHandshake();
    } catch (SSLException e) {
      throw new IllegalStateException("the handshake cannot begin", e);
    }
  }

  @Override
  public Need need() {
    return switch (engine.getHandshakeStatus()) {
      case NEED_WRAP -> Need.OUTPUT;
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> Need.INPUT;
      case NEED_TASK -> Need.TASK;
      case NOT_HANDSHAKING, FINISHED -> Need.NOTHING;
    };
  }

  @Override
  public Progress unwrap(ByteBuffer net, ByteBuffer plain) throws TlsFailure {
    try {
      while (true) {
        var result = engine.unwrap(net, plain);
        switch (result.getStatus()) {
          case BUFFER_UNDERFLOW -> {
            return Progress.STARVED;
          }
          case BUFFER_OVERFLOW -> {
            return Progress.FULL;
          }
          case CLOSED -> {
            return Progress.ENDED;
          }
          case OK -> {
            check(result);
            if (interrupts(result)) {
              return Progress.PAUSED;
            }
          }
        }
      }
    } catch (SSLException e) {
      throw explain(e);
    }
  }

  /// Checks the end of the handshake, and refuses renegotiation, which TLS 1.2 has.
  private void check(SSLEngineResult result) throws TlsFailure {
    switch (result.getHandshakeStatus()) {
      case FINISHED -> {
        established = true;
        // Prevents resumption.
        engine.getSession().invalidate();
        var selected = Optional.ofNullable(engine.getApplicationProtocol()).orElse("");
        var objection = bond.objection(engine.getSession().getProtocol(), selected);
        if (objection.isPresent()) {
          throw objection.get();
        }
      }
      case NEED_TASK -> {
        if (established && !engine.getSession().getProtocol().equals("TLSv1.3")) {
          throw new TlsFailure("peer requests renegotiation, which the shield does not support");
        }
      }
      case NEED_WRAP, NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> {}
    }
  }

  private static boolean interrupts(SSLEngineResult result) {
    return switch (result.getHandshakeStatus()) {
      case NEED_WRAP, NEED_TASK, FINISHED -> true;
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> false;
    };
  }

  @Override
  public Progress wrap(ByteBuffer plain, ByteBuffer net) throws TlsFailure {
    try {
      while (true) {
        // Without input, JSSE would send an empty record.
        if (!plain.hasRemaining() && need() != Need.OUTPUT) {
          return engine.isOutboundDone() ? Progress.ENDED : Progress.STARVED;
        }
        var result = engine.wrap(plain, net);
        switch (result.getStatus()) {
          case BUFFER_OVERFLOW -> {
            return Progress.FULL;
          }
          case CLOSED -> {
            if (need() != Need.OUTPUT) {
              return Progress.ENDED;
            }
          }
          case BUFFER_UNDERFLOW -> throw new IllegalStateException("underflow while wrapping");
          case OK -> {
            check(result);
            if (pauses(result)) {
              return Progress.PAUSED;
            }
          }
        }
      }
    } catch (SSLException e) {
      throw explain(e);
    }
  }

  private static boolean pauses(SSLEngineResult result) {
    var status = result.getHandshakeStatus();
    return status != HandshakeStatus.NEED_WRAP && status != HandshakeStatus.NOT_HANDSHAKING;
  }

  @Override
  public void runTask() {
    for (var task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  @Override
  public void closeOutbound() {
    engine.closeOutbound();
  }

  @Override
  public Optional<String> peerName() {
    if (!engine.getSession().getProtocol().startsWith("TLS")) {
      throw new IllegalStateException("no handshake has taken place");
    }
    if (!verified) {
      return Optional.empty();
    }
    try {
      var leaf = (X509Certificate) engine.getSession().getPeerCertificates()[0];
      return Optional.of(SubjectNames.of(leaf).first());
    } catch (SSLPeerUnverifiedException | PeerRefused e) {
      throw new IllegalStateException("the handshake passed without a certificate", e);
    }
  }

  @Override
  public TlsSession session() {
    var session = engine.getSession();
    if (!session.getProtocol().startsWith("TLS")) {
      throw new IllegalStateException("no handshake has taken place");
    }
    var protocol = Optional.ofNullable(engine.getApplicationProtocol());
    // JSSE does not report the group.
    return new TlsSession(
        session.getProtocol(),
        session.getCipherSuite(),
        Optional.empty(),
        protocol.filter(chosen -> !chosen.isEmpty()).map(AlpnChoice::read));
  }

  @Override
  public void close() {
    // Everything is on the heap.
  }

  private TlsFailure explain(SSLException problem) {
    var refusal = alpnRefusal.get();
    return refusal.isPresent()
        ? new TlsFailure(Alerts.withAlert(refusal.get(), "no_application_protocol"), problem)
        : JsseAlerts.explain(problem, bond);
  }
}
