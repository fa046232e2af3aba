package dev.testudo.it.strangers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.jsse.TlsContext;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// One client of CAS: an address it comes from and a key of its own.
final class Stranger {
  private static final int WAIT_MILLIS = 60_000;

  /// TLS handshakes at a time: more than a few would wait for each other here, not at CAS.
  private static final Semaphore TURNS = new Semaphore(16, true);

  private static final int CONNECT_MILLIS = 10_000;
  private static final int HEADER_BYTES = 16 << 10;
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

  private final InetSocketAddress cas;
  private final InetAddress from;
  private final Identity me;
  private final SSLContext tls;

  Stranger(InetSocketAddress cas, InetAddress from) {
    this.cas = cas;
    this.from = from;
    this.me = Identity.ephemeral("stranger.example");
    this.tls = TlsContext.of(Optional.of(me), _ -> {});
  }

  /// What a service of this measurement would show.
  Evidence evidence(String nonce) {
    return new Evidence.Software(
        new Measurement(Orders.MEASUREMENT),
        new Measurement(Orders.MEASUREMENT),
        ReportData.of(me.certificate().getPublicKey(), HexFormat.of().parseHex(nonce)));
  }

  /// A TCP connection on which nothing was sent.
  Socket connect() throws IOException {
    var socket = new Socket();
    try {
      // A small window, so that an answer that is not read waits at the server.
      socket.setReceiveBufferSize(4096);
      socket.setSoTimeout(WAIT_MILLIS);
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(cas, CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// A connection on which TLS is set up.
  Talk talk() throws IOException, InterruptedException {
    TURNS.acquire();
    try {
      return secured(connect());
    } finally {
      TURNS.release();
    }
  }

  private Talk secured(Socket plain) throws IOException {
    try {
      var socket =
          (SSLSocket)
              tls.getSocketFactory().createSocket(plain, cas.getHostString(), cas.getPort(), true);
      socket.startHandshake();
      return new Talk(plain, socket);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  /// An answer of CAS.
  record Answer(int status, String body) {}

  /// A conversation with CAS.
  static final class Talk implements AutoCloseable {
    private final Socket plain;
    private final InputStream in;
    private final OutputStream out;

    private Talk(Socket plain, Socket tls) throws IOException {
      this.plain = plain;
      this.in = tls.getInputStream();
      this.out = tls.getOutputStream();
    }

    Answer ask(String method, String path, String body) throws IOException {
      begin(method, path, body.length());
      send(body);
      return answer();
    }

    /// Sends a request's header, which announces `length` bytes.
    void begin(String method, String path, int length) throws IOException {
      send(
          "%s %s HTTP/1.1\r\nHost: cas\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
              .formatted(method, path, length));
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(ISO_8859_1));
      out.flush();
    }

    Answer answer() throws IOException {
      var header = header();
      var length = LENGTH.matcher(header);
      var body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
      return new Answer(Integer.parseInt(header.substring(9, 12)), new String(body, ISO_8859_1));
    }

    private String header() throws IOException {
      var header = new StringBuilder();
      while (header.length() < HEADER_BYTES) {
        var next = in.read();
        if (next < 0) {
          throw new IOException("closed by CAS");
        }
        header.append((char) next);
        if (header.length() >= 4 && header.substring(header.length() - 4).equals("\r\n\r\n")) {
          return header.toString();
        }
      }
      throw new IOException("an endless header");
    }

    /// Without a word of farewell, which could wait for a slow peer.
    @Override
    public void close() throws IOException {
      plain.close();
    }
  }
}
