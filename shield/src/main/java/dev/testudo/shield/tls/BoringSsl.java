package dev.testudo.shield.tls;

import io.netty.internal.tcnative.SSL;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// One `SSL` of BoringSSL and its BIO, which reads and writes the caller's buffers directly. All
/// native calls of a connection are here. BoringSSL keeps errors per thread, so each call fetches
/// its error at once.
///
/// During reads, BoringSSL's own output (an alert, a reply) waits in a small buffer of the BIO
/// until the next call that writes.
final class BoringSsl {
  private static final int REPLY_ROOM = 128;
  private static final int RECORD = 16 * 1024;

  /// The maximum overhead of a record: header, explicit nonce of TLS 1.2, tag, content type.
  private static final int OVERHEAD = 32;

  private static final byte[] NOTHING = new byte[0];

  private final BoringContext context;
  private final long ssl;
  private final long bio;
  private boolean freed;

  /// The result of a call.
  enum Result {
    /// Done. For a handshake: completed.
    DONE,
    /// More input is needed.
    STARVED,
    /// More room for output is needed.
    FULL,
    /// The peer has ended its direction.
    ENDED,
    /// The peer's certificate must be verified: call [#judge].
    UNJUDGED,
    /// Failed; see [#errorReason()].
    FAILED
  }

  private int errorReason;
  private String errorText = "";

  BoringSsl(BoringContext context, TlsRole role, BoringVerification verification) {
    this.context = context;
    ssl = context.newSsl(role, verification);
    bio = SSL.bioNewByteBuffer(ssl, REPLY_ROOM);
  }

  /// Sets the server name (SNI) to send.
  void serverName(String name) {
    SSL.setTlsExtHostName(alive(), name);
  }

  private long alive() {
    if (freed) {
      throw new IllegalStateException("the connection's native memory was freed");
    }
    return ssl;
  }

  /// Takes handshake steps with the bytes of `in`, and consumes what it uses. The output is
  /// appended to `out` through `scratch`.
  Result handshake(ByteBuffer in, ByteBuffer scratch, ByteArrayOutputStream out) {
    while (true) {
      int before = in.remaining() + out.size();
      source(in);
      var result = handshake();
      advance(in);
      do {
        sink(scratch.clear());
        SSL.bioFlushByteBuffer(bio);
        if (result == Result.FULL) {
          result = handshake();
        }
        advance(scratch);
        out.writeBytes(bytes(scratch.flip()));
      } while (result == Result.FULL || SSL.bioLengthNonApplication(bio) > 0);
      boolean moved = in.remaining() + out.size() != before;
      if (result != Result.STARVED || !in.hasRemaining() || !moved) {
        return result;
      }
    }
  }

  /// Verifies the peer's certificate. The handshake must be continued afterwards.
  void judge() {
    var task = SSL.getTask(alive());
    if (task != null) {
      task.run();
    }
  }

  /// Returns the peer's certificate chain in DER, its own certificate first.
  byte[][] peerChain() {
    var own = SSL.getPeerCertificate(alive());
    var chain = SSL.getPeerCertChain(alive());
    if (own == null) {
      return new byte[0][];
    }
    if (chain == null || chain.length == 0) {
      return new byte[][] {own};
    }
    // On a server, BoringSSL's chain lacks the peer's own certificate.
    if (Arrays.equals(own, chain[0])) {
      return chain;
    }
    var whole = new byte[chain.length + 1][];
    whole[0] = own;
    System.arraycopy(chain, 0, whole, 1, chain.length);
    return whole;
  }

  private Result handshake() {
    int result = SSL.doHandshake(alive());
    return result == 1 ? Result.DONE : unfinished(result);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    if (!buffer.hasRemaining()) {
      return NOTHING;
    }
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /// Decrypts records from `net` into `plain`.
  Result open(ByteBuffer net, ByteBuffer plain) {
    source(net);
    try {
      long at = BoringNative.address(plain);
      while (plain.hasRemaining()) {
        int count = SSL.readFromSSL(ssl, at + plain.position(), plain.remaining());
        if (count <= 0) {
          return unfinished(count);
        }
        plain.position(plain.position() + count);
      }
      return Result.FULL;
    } finally {
      advance(net);
    }
  }

  /// Writes pending output, and then encrypts as much of `plain` into `net` as fits.
  Result seal(ByteBuffer plain, ByteBuffer net) {
    sink(net);
    try {
      SSL.bioFlushByteBuffer(bio);
      if (!plain.hasRemaining()) {
        return Result.DONE;
      }
      int room = SSL.bioLengthByteBuffer(bio);
      int length = Math.min(plain.remaining(), room - OVERHEAD * (room / RECORD + 1));
      if (length <= 0) {
        return Result.FULL;
      }
      int count = SSL.writeToSSL(ssl, BoringNative.address(plain) + plain.position(), length);
      if (count <= 0) {
        return unfinished(count);
      }
      plain.position(plain.position() + count);
      return plain.hasRemaining() ? Result.FULL : Result.DONE;
    } finally {
      advance(net);
    }
  }

  /// Writes `close_notify` to `net`.
  void shutdown(ByteBuffer net) {
    sink(net);
    try {
      SSL.bioFlushByteBuffer(bio);
      if (SSL.shutdownSSL(ssl) < 0) {
        SSL.clearError();
      }
    } finally {
      advance(net);
    }
  }

  private Result unfinished(int result) {
    int error = SSL.getError(ssl, result);
    if (error == SSL.SSL_ERROR_WANT_READ) {
      return Result.STARVED;
    }
    if (error == SSL.SSL_ERROR_WANT_WRITE) {
      return Result.FULL;
    }
    if (error == SSL.SSL_ERROR_WANT_CERTIFICATE_VERIFY) {
      return Result.UNJUDGED;
    }
    if (error == SSL.SSL_ERROR_ZERO_RETURN) {
      return Result.ENDED;
    }
    int code = SSL.getLastErrorNumber();
    errorReason = code & 0xfff;
    errorText = code == 0 ? "error " + error : String.valueOf(SSL.getErrorString(code));
    SSL.clearError();
    return Result.FAILED;
  }

  /// Returns BoringSSL's reason code of the latest failure.
  int errorReason() {
    return errorReason;
  }

  /// Returns BoringSSL's description of the latest failure.
  String errorText() {
    return errorText;
  }

  String version() {
    return SSL.getVersion(alive());
  }

  String suite() {
    return SSL.getCipherForSSL(alive());
  }

  String group() {
    try {
      return String.valueOf(SSL.getGroupName(alive()));
    } catch (Exception e) {
      throw new IllegalStateException("no group after a handshake", e);
    }
  }

  /// Returns the negotiated protocol, or an empty string for none.
  String alpn() {
    var selected = SSL.getAlpnSelected(alive());
    return selected == null ? "" : selected;
  }

  /// Makes the BIO read from `buffer`.
  private void source(ByteBuffer buffer) {
    set(buffer, false);
  }

  /// Makes the BIO write to `buffer`.
  private void sink(ByteBuffer buffer) {
    set(buffer, true);
  }

  private void set(ByteBuffer buffer, boolean sink) {
    alive();
    SSL.bioSetByteBuffer(
        bio, BoringNative.address(buffer) + buffer.position(), buffer.remaining(), sink);
  }

  /// Advances `buffer` past what the BIO read or wrote, and detaches it from the BIO.
  private void advance(ByteBuffer buffer) {
    buffer.position(buffer.limit() - SSL.bioLengthByteBuffer(bio));
    SSL.bioClearByteBuffer(bio);
  }

  /// Frees the native memory. A second call has no effect.
  void free() {
    if (!freed) {
      freed = true;
      context.forget(ssl);
      SSL.freeSSL(ssl);
    }
  }
}
