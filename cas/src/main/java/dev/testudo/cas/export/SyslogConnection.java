package dev.testudo.cas.export;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A connection to a syslog server: RFC 5424 over TCP with octet counting (RFC 6587). Such servers
/// send nothing, so a connection that ends is noticed before the next line is lost in it.
final class SyslogConnection implements AuditSink.Open {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration STALLED = Duration.ofSeconds(30);

  private final SocketChannel channel;
  private final byte[] header;

  private SyslogConnection(SocketChannel channel) {
    this.channel = channel;
    // Facility 13, log audit, and severity 6, informational.
    this.header =
        "<110>1 - - testudo-cas %d audit - "
            .formatted(ProcessHandle.current().pid())
            .getBytes(StandardCharsets.US_ASCII);
  }

  static SyslogConnection open(String host, int port) throws IOException {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException("there is no host " + host);
    }
    var channel = SocketChannel.open();
    try {
      channel.socket().connect(address, (int) CONNECT.toMillis());
      channel.configureBlocking(false);
      return new SyslogConnection(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void write(byte[] line) throws IOException {
    demandOpen();
    var length = header.length + line.length;
    var count = "%d ".formatted(length).getBytes(StandardCharsets.US_ASCII);
    var frame = ByteBuffer.allocate(count.length + length).put(count).put(header).put(line).flip();
    while (frame.hasRemaining()) {
      if (channel.write(frame) == 0) {
        awaitRoom();
      }
    }
  }

  private void demandOpen() throws IOException {
    if (channel.read(ByteBuffer.allocate(64)) < 0) {
      throw new IOException("the server has closed the connection");
    }
  }

  private void awaitRoom() throws IOException {
    try (var selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_WRITE);
      if (selector.select(STALLED.toMillis()) == 0) {
        throw Thread.currentThread().isInterrupted()
            ? new InterruptedIOException("CAS stops")
            : new SocketTimeoutException(
                "the server has not read for %d seconds".formatted(STALLED.toSeconds()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
