package dev.testudo.shield.tls;

import dev.testudo.shield.TlsSession;
import java.nio.ByteBuffer;
import java.util.Optional;

/// One end of one TLS 1.3 connection as a transformer of bytes. It owns no socket and no thread,
/// and an idle one owns no buffer. Used by one thread at a time; only [#runTask()] may run
/// elsewhere, and then nothing else may be called meanwhile.
///
/// Buffers come from [TlsEngines#buffer(int)], because engines differ in what memory they work
/// fast on. `net` holds TLS records, `plain` the program's bytes.
public interface TlsEngine extends AutoCloseable {
  /// What the engine wants before the handshake, or a reply it owes, can go on.
  enum Need {
    /// [#wrap] must be called: the engine has records of its own to send.
    OUTPUT,
    /// [#unwrap] must be called with bytes from the peer.
    INPUT,
    /// [#runTask()] must be called; it computes for a fraction of a millisecond, whatever the peer
    /// has sent.
    STEP,
    /// [#runTask()] must be called; it computes for milliseconds.
    TASK,
    /// Nothing: the handshake is over.
    NOTHING
  }

  /// Why [#wrap] or [#unwrap] came back.
  enum Progress {
    /// The source is used up, apart from an incomplete record.
    STARVED,
    /// The destination has no room for the next record.
    FULL,
    /// Something else comes first: see [#need()], or the handshake is over now.
    PAUSED,
    /// The direction has ended with `close_notify`.
    ENDED
  }

  /// What is needed next.
  Need need();

  /// Opens as many whole records of `net` as there are, into `plain`. Stops right after the
  /// handshake's last record. During the handshake `plain` stays empty. What is left of `net` must
  /// be there again, in front of what follows, at the next call.
  Progress unwrap(ByteBuffer net, ByteBuffer plain) throws TlsFailure;

  /// Seals all of `plain` into full records, after whatever the engine itself has to send. After
  /// a [TlsFailure] it yields the alert for the peer, if there is one.
  Progress wrap(ByteBuffer plain, ByteBuffer net) throws TlsFailure;

  /// Does the work that [Need#STEP] or [Need#TASK] asks for. A failure surfaces at the next [#wrap]
  /// or [#unwrap].
  void runTask();

  /// Ends our direction: the next [#wrap] yields `close_notify`. The peer's direction goes on.
  void closeOutbound();

  /// After the handshake: the first name in the peer's verified certificate, empty when none was
  /// asked for. Throws [IllegalStateException] when there was no handshake.
  Optional<String> peerName();

  /// What was agreed on. Throws [IllegalStateException] when there was no handshake.
  TlsSession session();

  /// Frees what the engine holds outside the Java heap. Nothing may be called afterwards.
  @Override
  void close();
}
