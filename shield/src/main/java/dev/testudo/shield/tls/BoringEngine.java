package dev.testudo.shield.tls;

import dev.testudo.shield.TlsSession;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Implements [TlsEngine] with BoringSSL. Works on direct buffers and supports half-close.
///
/// During the handshake it copies the input, computes in [#runTask()], and keeps its output for
/// [#wrap]. These copies are small and on the heap. Bytes after the last handshake record stay in
/// the caller's buffer.
final class BoringEngine implements TlsEngine {
  private static final byte[] NOTHING = new byte[0];
  private static final ByteBuffer NOTHING_PLAIN = ByteBuffer.wrap(NOTHING);
  private static final int MOST_INPUT = 16 * 1024;

  private final BoringSsl ssl;
  private final Bond bond;
  private final BoringVerification verification;

  /// Present on a server only, and used during the handshake only.
  private final Optional<AlpnGate> gate;

  /// The cost of a handshake step, which depends on the type of the shield's own key:
  /// [Need#STEP] or [Need#TASK]. Verifying a peer that is not
  /// [known][BoringVerification#isKnown] is always a task.
  private final Need step;

  private final BoringEngines.Scratches scratches;

  /// The input of [#runTask()], and how much of it the handshake has used. The used bytes are still
  /// at the start of the caller's buffer.
  private byte[] input = NOTHING;

  private int used;

  /// The handshake's pending output.
  private ByteBuffer output = ByteBuffer.wrap(NOTHING);

  /// What [#runTask()] will do: a step, a task, or nothing.
  private Need work;

  private boolean established;
  private boolean closing;
  private boolean closed;
  private Optional<TlsFailure> failure = Optional.empty();
  private boolean told;

  BoringEngine(
      BoringSsl ssl,
      Bond bond,
      BoringVerification verification,
      Optional<AlpnGate> gate,
      Need step,
      BoringEngines.Scratches scratches) {
    this.ssl = ssl;
    this.bond = bond;
    this.verification = verification;
    this.gate = gate;
    this.scratches = scratches;
    this.step = step;
    this.work = gate.isEmpty() ? step : Need.NOTHING; // the client sends first
  }

  @Override
  public Need need() {
    if (output.hasRemaining() || (failure.isPresent() && !told)) {
      return Need.OUTPUT;
    }
    if (work != Need.NOTHING) {
      return work;
    }
    return established ? Need.NOTHING : Need.INPUT;
  }

  @Override
  public Progress unwrap(ByteBuffer net, ByteBuffer plain) throws TlsFailure {
    complain();
    net.position(net.position() + used);
    used = 0;
    return established ? open(net, plain) : take(net);
  }

  private Progress open(ByteBuffer net, ByteBuffer plain) throws TlsFailure {
    var result = ssl.open(net, plain);
    return switch (result) {
      case STARVED, DONE -> Progress.STARVED;
      case FULL -> Progress.FULL;
      case ENDED -> Progress.ENDED;
      case UNJUDGED -> throw fail(new TlsFailure("peer shows another certificate"));
      case FAILED -> throw fail(explain(NOTHING));
    };
  }

  /// Passes the received bytes to the handshake.
  private Progress take(ByteBuffer net) throws TlsFailure {
    if (!net.hasRemaining()) {
      return Progress.STARVED;
    }
    if (gate.isPresent() && !gate.get().open() && !passes(gate.get(), net)) {
      return Progress.STARVED;
    }
    input = new byte[Math.min(net.remaining(), MOST_INPUT)];
    net.get(net.position(), input);
    work = step;
    return Progress.PAUSED;
  }

  private boolean passes(AlpnGate alpnGate, ByteBuffer net) throws TlsFailure {
    try {
      return alpnGate.look(net);
    } catch (TlsFailure e) {
      output = ByteBuffer.wrap(AlpnGate.refusal());
      throw fail(e);
    }
  }

  @Override
  public void runTask() {
    if (work == Need.NOTHING) {
      return;
    }
    boolean mayTakeLong = work == Need.TASK;
    work = Need.NOTHING;
    var scratch = scratches.take();
    try {
      var sent = new ByteArrayOutputStream();
      var in = scratch.in().put(input).flip();
      var result = ssl.handshake(in, scratch.out(), sent);
      boolean judged = result == BoringSsl.Result.UNJUDGED && (mayTakeLong || isKnown());
      if (judged) {
        ssl.judge();
        result = ssl.handshake(in, scratch.out(), sent);
      }
      used += in.position();
      input = Arrays.copyOfRange(input, in.position(), input.length);
      output = ByteBuffer.wrap(sent.toByteArray());
      conclude(result, judged);
    } finally {
      scratches.give(scratch);
    }
  }

  /// Returns whether the peer was verified recently, so that verification takes no time.
  private boolean isKnown() {
    return verification.isKnown(ssl.peerChain());
  }

  private void conclude(BoringSsl.Result result, boolean judged) {
    switch (result) {
      case STARVED, FULL -> {}
      case UNJUDGED -> {
        work = Need.TASK;
        if (judged) {
          failure = Optional.of(new TlsFailure("peer's certificate was not judged"));
        }
      }
      case DONE -> {
        failure = objection();
        established = failure.isEmpty();
      }
      case ENDED -> failure = Optional.of(new TlsFailure("peer ended the TLS handshake"));
      case FAILED -> failure = Optional.of(explain(output.array()));
    }
  }

  /// Returns what is wrong with a handshake that BoringSSL has completed.
  private Optional<TlsFailure> objection() {
    if (!verification.isSatisfied()) {
      return Optional.of(new TlsFailure("peer's certificate was not judged"));
    }
    var selected = ssl.alpn();
    if (gate.isPresent() && !gate.get().agrees(selected)) {
      return Optional.of(new TlsFailure("peer changed its ALPN protocols during the handshake"));
    }
    return bond.objection(ssl.version(), selected);
  }

  private TlsFailure explain(byte[] sent) {
    return verification
        .refusal()
        .map(TlsFailure::new)
        .orElseGet(() -> BoringAlerts.explain(ssl.errorReason(), ssl.errorText(), sent, bond));
  }

  @Override
  public Progress wrap(ByteBuffer plain, ByteBuffer net) throws TlsFailure {
    complain();
    if (output.hasRemaining()) {
      int count = Math.min(output.remaining(), net.remaining());
      net.put(output.slice().limit(count));
      output.position(output.position() + count);
      return output.hasRemaining() ? Progress.FULL : Progress.PAUSED;
    }
    if (!established || failure.isPresent()) {
      // BoringSSL may have an encrypted alert to send.
      ssl.seal(NOTHING_PLAIN, net);
      return Progress.PAUSED;
    }
    return seal(plain, net);
  }

  private Progress seal(ByteBuffer plain, ByteBuffer net) throws TlsFailure {
    if (closed) {
      return Progress.ENDED;
    }
    var result = ssl.seal(plain, net);
    return switch (result) {
      case DONE -> closing ? shutdown(net) : Progress.STARVED;
      case FULL -> Progress.FULL;
      case STARVED, UNJUDGED -> throw fail(new TlsFailure("TLS wants to read before it can write"));
      case ENDED -> Progress.ENDED;
      case FAILED -> throw fail(explain(NOTHING));
    };
  }

  private Progress shutdown(ByteBuffer net) {
    closed = true;
    ssl.shutdown(net);
    return Progress.ENDED;
  }

  @Override
  public void closeOutbound() {
    closing = true;
  }

  @Override
  public Optional<String> peerName() {
    requireHandshake();
    return verification.peerName();
  }

  @Override
  public TlsSession session() {
    requireHandshake();
    return new TlsSession(
        ssl.version(),
        ssl.suite(),
        Optional.of(ssl.group()),
        Optional.of(ssl.alpn()).filter(protocol -> !protocol.isEmpty()));
  }

  private void requireHandshake() {
    if (!established) {
      throw new IllegalStateException("no handshake has taken place");
    }
  }

  @Override
  public void close() {
    ssl.free();
  }

  /// Throws a failure that occurred in a task.
  private void complain() throws TlsFailure {
    if (failure.isPresent() && !told) {
      throw fail(failure.get());
    }
  }

  private TlsFailure fail(TlsFailure reason) {
    failure = Optional.of(reason);
    told = true;
    return reason;
  }
}
