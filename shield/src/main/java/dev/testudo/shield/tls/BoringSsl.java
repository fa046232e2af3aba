package dev.testudo.shield.tls;

import io.netty.internal.tcnative.SSL;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// One `SSL` of BoringSSL and its BIO, which reads and writes buffers of ours directly. All calls
/// of a connection into native code are here. Errors are kept by BoringSSL per thread, so each call
/// asks for its own at once.
///
/// While bytes are read, what BoringSSL wants to send (an alert, a reply) waits in a small buffer
/// of the BIO until the next call that writes.
final class BoringSsl {
  private static final int REPLY_ROOM = 128;
  private static final int RECORD = 16 * 1024;

  /// What a record adds at most: header, explicit nonce of TLS 1.2, tag, content type.
  private static final int OVERHEAD = 32;

  private static final byte[] NOTHING = new byte[0];

  private final BoringContext context;
  private final long ssl;
  private final long bio;
  private boolean freed;

  /// How a call ended.
  enum Result {
    /// Done; for a handshake: it is over.
    DONE,
    /// More input is wanted.
    STARVED,
    /// More room for output is wanted.
    FULL,
    /// The peer has ended its direction.
    ENDED,
    /// The peer's certificate is to be judged: [#judge].
    UNJUDGED,
    /// See [#errorReason()].
    FAILED
  }

  private int errorReason;
  private String errorText = "";

  BoringSsl(BoringContext context, TlsRole role, BoringVerification verification) {
    this.context = context;
    ssl = context.newSsl(role, verification);
    bio = SSL.bioNewByteBuffer(ssl, REPLY_ROOM);
  }

  /// Sends `name` as the server's name.
  void serverName(String name) {
    SSL.setTlsExtHostName(alive(), name);
  }

  private long alive() {
    if (freed) {
      throw new IllegalStateException("the connection's native memory is freed");
    }
    return ssl;
  }

  /// One step of the handshake with the bytes `in` has, which it consumes as far as it gets; what
  /// is to be sent goes to `out` by way of `scratch`.
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

  /// Has the peer's certificate judged; the handshake goes on afterwards.
  void judge() {
    var task = SSL.getTask(alive());
    if (task != null) {
      task.run();
    }
  }

  /// What the peer has shown, DER, its own certificate first.
  byte[][] peerChain() {
    var own = SSL.getPeerCertificate(alive());
    var chain = SSL.getPeerCertChain(alive());
    if (own == null) {
      return new byte[0][];
    }
    if (chain == null || chain.length == 0) {
      return new byte[][] {own};
    }
    // A server is given the chain without the peer's own certificate.
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

  /// Opens records of `net` into `plain`.
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

  /// Seals as much of `plain` into `net` as fits whole, after what waits to be sent.
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

  /// Sends `close_notify` into `net`.
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

  /// BoringSSL's number for the reason of the latest failure.
  int errorReason() {
    return errorReason;
  }

  /// BoringSSL's words for it.
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

  /// The protocol both ends named, empty for none.
  String alpn() {
    var selected = SSL.getAlpnSelected(alive());
    return selected == null ? "" : selected;
  }

  /// Points the BIO at what is to be read.
  private void source(ByteBuffer buffer) {
    set(buffer, false);
  }

  /// Points the BIO at the room for what is to be sent.
  private void sink(ByteBuffer buffer) {
    set(buffer, true);
  }

  private void set(ByteBuffer buffer, boolean sink) {
    alive();
    SSL.bioSetByteBuffer(
        bio, BoringNative.address(buffer) + buffer.position(), buffer.remaining(), sink);
  }

  /// Moves past what the BIO took or wrote, and takes the buffer from it.
  private void advance(ByteBuffer buffer) {
    buffer.position(buffer.limit() - SSL.bioLengthByteBuffer(bio));
    SSL.bioClearByteBuffer(bio);
  }

  /// Frees the native memory; does nothing the second time.
  void free() {
    if (!freed) {
      freed = true;
      context.forget(ssl);
      SSL.freeSSL(ssl);
    }
  }
}
