import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.zip.CRC32C;

/// Echoes and compares with NIO: one selector, non-blocking channels, non-blocking connects.
///
///     serve <port> <connections>
///     call <port> <connections> <bytes>
class Talk {
  /// One connection of the caller: what it has sent and got.
  static final class Call {
    final Random source;
    final CRC32C sent = new CRC32C();
    final CRC32C got = new CRC32C();
    final ByteBuffer block = ByteBuffer.allocateDirect(16384).limit(0);
    long left;

    Call(long size, long seed) {
      left = size;
      source = new Random(seed);
    }
  }

  public static void main(String[] arguments) throws IOException {
    var at = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1]));
    int connections = Integer.parseInt(arguments[2]);
    if (arguments[0].equals("serve")) {
      serve(at, connections);
    } else {
      call(at, connections, Long.parseLong(arguments[3]));
    }
  }

  static void serve(InetSocketAddress at, int connections) throws IOException {
    try (var selector = Selector.open();
        var listener = ServerSocketChannel.open()) {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(at, 512).configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
      for (int left = connections; left > 0; ) {
        selector.select();
        for (var ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
          var key = ready.next();
          ready.remove();
          if (key.isAcceptable()) {
            accept(listener, selector);
          } else if (echo(key)) {
            left--;
          }
        }
      }
    }
    System.out.println("served " + connections);
  }

  static void accept(ServerSocketChannel listener, Selector selector) throws IOException {
    for (var peer = listener.accept(); peer != null; peer = listener.accept()) {
      peer.configureBlocking(false);
      peer.register(selector, SelectionKey.OP_READ, ByteBuffer.allocateDirect(16384).limit(0));
    }
  }

  /// True at the connection's end.
  static boolean echo(SelectionKey key) throws IOException {
    var peer = (SocketChannel) key.channel();
    var buffer = (ByteBuffer) key.attachment();
    if (!buffer.hasRemaining()) {
      int length = peer.read(buffer.clear());
      buffer.flip();
      if (length < 0) {
        peer.close();
        return true;
      }
    }
    peer.write(buffer);
    key.interestOps(buffer.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    return false;
  }

  static void call(InetSocketAddress to, int connections, long size) throws IOException {
    try (var selector = Selector.open()) {
      for (int i = 0; i < connections; i++) {
        var channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_CONNECT, new Call(size, i));
        if (channel.connect(to)) {
          channel.keyFor(selector).interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
      }
      for (int left = connections; left > 0; ) {
        selector.select();
        for (var ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
          var key = ready.next();
          ready.remove();
          if (key.isConnectable() && ((SocketChannel) key.channel()).finishConnect()) {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
          } else if (progress(key, size)) {
            left--;
          }
        }
      }
    }
    System.out.println("carried " + connections + " x " + size);
  }

  /// True when everything has come back.
  static boolean progress(SelectionKey key, long size) throws IOException {
    var channel = (SocketChannel) key.channel();
    var call = (Call) key.attachment();
    if (key.isWritable()) {
      send(key, channel, call);
    }
    if (!key.isReadable()) {
      return false;
    }
    var buffer = ByteBuffer.allocate(16384);
    if (channel.read(buffer) >= 0) {
      call.got.update(buffer.flip());
      return false;
    }
    if (call.left > 0 || call.sent.getValue() != call.got.getValue()) {
      throw new IOException("other bytes came back");
    }
    channel.close();
    return true;
  }

  static void send(SelectionKey key, SocketChannel channel, Call call) throws IOException {
    if (!call.block.hasRemaining()) {
      var bytes = new byte[(int) Math.min(call.left, call.block.capacity())];
      call.source.nextBytes(bytes);
      call.sent.update(bytes);
      call.block.clear().put(bytes).flip();
      call.left -= bytes.length;
    }
    channel.write(call.block);
    if (call.left == 0 && !call.block.hasRemaining()) {
      channel.shutdownOutput();
      key.interestOps(SelectionKey.OP_READ);
    }
  }
}
