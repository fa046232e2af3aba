package dev.testudo.shield.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The ALPN protocols (RFC 7301) that a ClientHello (RFC 8446 §4.1.2) offers. BoringSSL can select
/// one, but its Java binding cannot make it refuse all others.
///
/// Unexpected input is [Malformed]: BoringSSL then reports what is wrong, and a handshake that
/// succeeds nevertheless is not trusted.
sealed interface ClientHelloAlpn {
  /// More bytes are needed.
  record Incomplete() implements ClientHelloAlpn {}

  /// The offered protocols, one character per byte; empty without the extension.
  record Offered(List<String> protocols) implements ClientHelloAlpn {
    /// Copies the list.
    public Offered {
      protocols = List.copyOf(protocols);
    }
  }

  /// The input is not a ClientHello.
  record Malformed() implements ClientHelloAlpn {}

  /// The longest ClientHello to read, with record headers. BoringSSL accepts at most 16 KiB.
  int MAX_LENGTH = 20 * 1024;

  /// Reads the records in `net`, which is not changed.
  static ClientHelloAlpn in(ByteBuffer net) {
    var bytes = new byte[Math.min(net.remaining(), MAX_LENGTH)];
    net.duplicate().get(bytes);
    return new Reader(bytes).read();
  }

  /// Parses the bytes once.
  final class Reader {
    private static final int RECORD_HANDSHAKE = 22;
    private static final int MESSAGE_CLIENT_HELLO = 1;
    private static final int EXTENSION_ALPN = 16;
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int VERSION_AND_RANDOM = 34;

    private final byte[] records;

    private Reader(byte[] records) {
      this.records = records;
    }

    private ClientHelloAlpn read() {
      var message = ByteBuffer.allocate(records.length);
      int at = 0;
      while (at + RECORD_HEADER <= records.length) {
        int length = ((records[at + 3] & 0xff) << 8) | (records[at + 4] & 0xff);
        if (records[at] != RECORD_HANDSHAKE || length == 0) {
          return new Malformed();
        }
        int present = Math.min(length, records.length - at - RECORD_HEADER);
        message.put(records, at + RECORD_HEADER, present);
        if (complete(message)) {
          return parse(message.flip());
        }
        at += RECORD_HEADER + length;
      }
      return records.length < MAX_LENGTH ? new Incomplete() : new Malformed();
    }

    private static boolean complete(ByteBuffer message) {
      return message.position() >= MESSAGE_HEADER
          && message.position() >= MESSAGE_HEADER + (message.getInt(0) & 0xffffff);
    }

    private static ClientHelloAlpn parse(ByteBuffer message) {
      try {
        int header = message.getInt();
        if (header >>> 24 != MESSAGE_CLIENT_HELLO) {
          return new Malformed();
        }
        message.limit(MESSAGE_HEADER + (header & 0xffffff));
        skip(message, VERSION_AND_RANDOM);
        skip(message, message.get() & 0xff); // session id
        skip(message, message.getShort() & 0xffff); // suites
        skip(message, message.get() & 0xff); // compression methods
        return new Offered(message.hasRemaining() ? extensions(part(message)) : List.of());
      } catch (RuntimeException _) {
        // A length points beyond the end.
        return new Malformed();
      }
    }

    private static List<String> extensions(ByteBuffer extensions) {
      while (extensions.hasRemaining()) {
        int type = extensions.getShort() & 0xffff;
        var body = part(extensions);
        if (type == EXTENSION_ALPN) {
          return protocols(part(body));
        }
      }
      return List.of();
    }

    private static List<String> protocols(ByteBuffer list) {
      var protocols = new ArrayList<String>();
      while (list.hasRemaining()) {
        var id = new byte[list.get() & 0xff];
        list.get(id);
        protocols.add(new String(id, ISO_8859_1));
      }
      return protocols;
    }

    /// Returns the part of `buffer` that a two-byte length announces.
    private static ByteBuffer part(ByteBuffer buffer) {
      int length = buffer.getShort() & 0xffff;
      var part = buffer.slice(buffer.position(), length);
      skip(buffer, length);
      return part;
    }

    private static void skip(ByteBuffer buffer, int length) {
      buffer.position(buffer.position() + length);
    }
  }
}
