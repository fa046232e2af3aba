import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Netty talks with itself: `serve TRANSPORT PORT CONNECTIONS` echoes, `call TRANSPORT PORT
/// CONNECTIONS BYTES` sends at the pace of the peer, half-closes and compares what comes back. The
/// transport is `nio` or `epoll`, Netty's own native one.
public final class NettyTalk {
  private static final int THREADS = 2;
  private static final int CHUNK = 16_000;
  private static final int PATIENCE_S = 240;

  private record Transport(
      EventLoopGroup group,
      Class<? extends ServerChannel> server,
      Class<? extends Channel> client) {
    static Transport of(String name) {
      return switch (name) {
        case "nio" ->
            new Transport(
                new NioEventLoopGroup(THREADS),
                NioServerSocketChannel.class,
                NioSocketChannel.class);
        case "epoll" -> {
          Epoll.ensureAvailability();
          yield new Transport(
              new EpollEventLoopGroup(THREADS),
              EpollServerSocketChannel.class,
              EpollSocketChannel.class);
        }
        default -> throw new IllegalArgumentException(name);
      };
    }
  }

  public static void main(String[] args) throws Exception {
    var transport = Transport.of(args[1]);
    var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[2]));
    int connections = Integer.parseInt(args[3]);
    if (args[0].equals("serve")) {
      serve(transport, address, connections);
    } else {
      call(transport, address, connections, Integer.parseInt(args[4]));
    }
    transport.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  private static void serve(Transport transport, InetSocketAddress address, int connections)
      throws Exception {
    var left = new CountDownLatch(connections);
    new ServerBootstrap()
        .group(transport.group)
        .channel(transport.server)
        .option(ChannelOption.SO_BACKLOG, 128)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childHandler(each(() -> new Echo(left)))
        .bind(address)
        .sync();
    if (!left.await(PATIENCE_S, TimeUnit.SECONDS)) {
      throw new IllegalStateException(left.getCount() + " connections are left");
    }
    System.out.println("served " + connections);
  }

  private static void call(
      Transport transport, InetSocketAddress address, int connections, int bytes)
      throws Exception {
    var callers = new ArrayList<Caller>();
    var bootstrap =
        new Bootstrap()
            .group(transport.group)
            .channel(transport.client)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 60_000)
            .option(ChannelOption.TCP_NODELAY, true);
    for (int i = 0; i < connections; i++) {
      var caller = new Caller(i, bytes);
      callers.add(caller);
      bootstrap.clone().handler(each(() -> caller)).connect(address);
    }
    for (var caller : callers) {
      caller.done.get(PATIENCE_S, TimeUnit.SECONDS);
    }
    System.out.println("carried " + connections + " x " + bytes);
  }

  private static ChannelInitializer<SocketChannel> each(
      java.util.function.Supplier<ChannelInboundHandlerAdapter> handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        channel.pipeline().addLast(handler.get());
      }
    };
  }

  /// Sends back what comes, reads no more while the peer does not take it, and closes last.
  private static final class Echo extends ChannelInboundHandlerAdapter {
    private final CountDownLatch left;

    Echo(CountDownLatch left) {
      this.left = left;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
      context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        context
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(_ -> context.close().addListener(_ -> left.countDown()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      cause.printStackTrace();
      System.exit(1);
    }
  }

  private static final class Caller extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final byte[] content;
    private final MessageDigest received = sha256();
    private int sent;
    private int came;

    Caller(int seed, int bytes) {
      content = new byte[bytes];
      new Random(seed).nextBytes(content);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      send(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      send(context);
    }

    private void send(ChannelHandlerContext context) {
      while (sent < content.length && context.channel().isWritable()) {
        int size = Math.min(CHUNK, content.length - sent);
        var chunk = Unpooled.wrappedBuffer(content, sent, size);
        sent += size;
        var written = context.writeAndFlush(chunk);
        if (sent == content.length) {
          written.addListener(_ -> ((DuplexChannel) context.channel()).shutdownOutput());
        }
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var bytes = (ByteBuf) message;
      came += bytes.readableBytes();
      received.update(bytes.nioBuffer());
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        context.close();
        finish();
      }
    }

    private void finish() {
      if (came == content.length
          && Arrays.equals(received.digest(), sha256().digest(content))) {
        done.complete(null);
      } else {
        done.completeExceptionally(new IllegalStateException(came + " bytes, or others, came"));
      }
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext context) {
      done.completeExceptionally(new IllegalStateException("closed after " + came + " bytes"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      done.completeExceptionally(cause);
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (java.security.NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }
}
