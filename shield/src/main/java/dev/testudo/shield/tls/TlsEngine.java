package dev.testudo.shield.tls;

import dev.testudo.shield.TlsSession;
import java.nio.ByteBuffer;
import java.util.Optional;

/// One end of a TLS connection, as a transformer of bytes. It owns no socket and no thread, and an
/// idle engine owns no buffer. One thread at a time may use it. Only [#runTask()] may run on
/// another thread, and no other method may be called meanwhile.
///
/// Buffers come from [TlsEngines#buffer(int)], because engines differ in the kind of memory that is
/// fast for them. `net` holds TLS records, `plain` the program's bytes.
public interface TlsEngine extends AutoCloseable {
  /// What the engine needs before the handshake, or a pending reply, can continue.
  enum Need {
    /// A call of [#wrap]: the engine has records of its own to send.
    OUTPUT,
    /// A call of [#unwrap] with bytes from the peer.
    INPUT,
    /// A call of [#runTask()], which computes for a fraction of a millisecond, whatever the peer
    /// has sent.
    STEP,
    /// A call of [#runTask()], which computes for milliseconds.
    TASK,
    /// Nothing: the handshake is complete.
    NOTHING
  }

  /// Why [#wrap] or [#unwrap] returned.
  enum Progress {
    /// The source is used up, apart from an incomplete record.
    STARVED,
    /// The destination has no room for the next record.
    FULL,
    /// The engine needs something else first (see [#need()]), or the handshake has just completed.
    PAUSED,
    /// The direction has ended with `close_notify`.
    ENDED
  }

  /// Returns what the engine needs next.
  Need need();

  /// Decrypts all complete records of `net` into `plain`. Stops after the last handshake record.
  /// During the handshake `plain` stays empty. On the next call, `net` must begin with the bytes
  /// that this call left.
  Progress unwrap(ByteBuffer net, ByteBuffer plain) throws TlsFailure;

  /// Encrypts all of `plain` into full records, after the engine's own output. After a [TlsFailure]
  /// it produces the alert for the peer, if there is one.
  Progress wrap(ByteBuffer plain, ByteBuffer net) throws TlsFailure;

  /// Does the work that [Need#STEP] or [Need#TASK] asks for. The next [#wrap] or [#unwrap] throws a
  /// failure that occurs here.
  void runTask();

  /// Ends the output direction: the next [#wrap] produces `close_notify`. The peer's
  /// direction continues.
  void closeOutbound();

  /// Returns the first name in the peer's verified certificate, or empty if none was requested.
  ///
  /// @throws IllegalStateException before the handshake has completed
  Optional<String> peerName();

  /// Returns what the two ends agreed on.
  ///
  /// @throws IllegalStateException before the handshake has completed
  TlsSession session();

  /// Frees memory outside the Java heap. No other method may be called afterwards.
  @Override
  void close();
}
