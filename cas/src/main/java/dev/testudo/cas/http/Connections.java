package dev.testudo.cas.http;

import dev.testudo.cas.admission.ConnectionPlaces;
import dev.testudo.cas.admission.Handshakes;
import dev.testudo.cas.admission.Limit;
import dev.testudo.cas.admission.Origin;
import dev.testudo.cas.tls.HttpsEngines;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/// The open connections. Admits new ones, and closes those whose handshake or
/// answer takes too long.
final class Connections implements Connection.Listener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Connections.class.getName());
  private static final long GRACE = TimeUnit.SECONDS.toNanos(5);

  private final HttpsEngines tls;
  private final Handshakes handshakes;
  private final ConnectionPlaces<EndPoint> places;
  private final LongSupplier nanoTime;

  /// For each connection with an answer under way, the time by which the client must have read it.
  private final IdentityHashMap<EndPoint, Long> answers = new IdentityHashMap<>();

  private final Thread sweeper =
      Thread.ofPlatform().name("cas-sweeper").daemon().unstarted(this::sweep);

  Connections(HttpsEngines tls, Handshakes handshakes, LongSupplier nanoTime) {
    this.tls = tls;
    this.handshakes = handshakes;
    this.nanoTime = nanoTime;
    this.places = new ConnectionPlaces<>(nanoTime);
    sweeper.start();
  }

  /// Returns a factory of connections that report each read. This object must be added as a bean to
  /// their connector, which then notifies it of connections.
  SslConnectionFactory factory(SslContextFactory.Server context) {
    return new SslConnectionFactory(context, "http/1.1") {
      @Override
      protected SslConnection newSslConnection(
          Connector connector, EndPoint endPoint, SSLEngine engine) {
        return new Watched(context, connector, endPoint, engine);
      }
    };
  }

  private final class Watched extends SslConnection implements SslHandshakeListener {
    private boolean begun;
    private volatile boolean done;
    private volatile Handshakes.@Nullable Turn turn;

    Watched(SslContextFactory context, Connector connector, EndPoint endPoint, SSLEngine engine) {
      super(
          connector.getByteBufferPool(),
          connector.getExecutor(),
          context,
          endPoint,
          engine,
          true,
          true);
      addHandshakeListener(this);
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
      super.onClose(cause);
      tls.release(getSSLEngine());
    }

    /// Called by one thread at a time, a virtual one.
    @Override
    public void onFillable() {
      if (done) {
        super.onFillable();
        return;
      }
      try (var mine = handshakes.await(origin(getEndPoint()), begun)) {
        if (mine == null || !getEndPoint().isOpen()) {
          getEndPoint().close();
          return;
        }
        turn = mine;
        begun = true;
        super.onFillable();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        getEndPoint().close();
      }
    }

    @Override
    public void handshakeSucceeded(Event event) {
      finished();
    }

    /// Records that the handshake is complete. The thread continues with the first request if that
    /// has already arrived, so the turn ends here.
    void finished() {
      done = true;
      places.proved(getEndPoint());
      var mine = turn;
      if (mine != null) {
        mine.close();
      }
    }

    @Override
    protected int networkFill(ByteBuffer input) throws IOException {
      var filled = super.networkFill(input);
      if (filled > 0) {
        places.spoke(getEndPoint());
      }
      return filled;
    }
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof SslConnection tls) {
      var endPoint = tls.getEndPoint();
      places.enter(endPoint, origin(endPoint)).forEach(EndPoint::close);
    }
  }

  @Override
  public void onClosed(Connection connection) {
    if (connection instanceof SslConnection tls) {
      places.leave(tls.getEndPoint());
      synchronized (answers) {
        answers.remove(tls.getEndPoint());
      }
    }
  }

  /// Records that a request has arrived, or that its answer has been sent. The first request shows
  /// that the handshake is complete, even if the engine reported that in a result that
  /// [SslConnection] does not look at, as BoringSSL's does now and then.
  void busy(EndPoint endPoint, boolean busy) {
    if (busy && endPoint.getConnection() instanceof Watched watched) {
      watched.finished();
    }
    places.busy(endPoint, busy);
    if (!busy) {
      synchronized (answers) {
        answers.remove(endPoint);
      }
    }
  }

  /// Records that an answer of the given size starts to be sent, which sets its deadline.
  void answering(EndPoint endPoint, int bytes) {
    var needed = bytes * TimeUnit.SECONDS.toNanos(1) / Limit.BYTES_PER_SECOND.value() + GRACE;
    var most = Limit.ANSWER_SECONDS.seconds().toNanos();
    synchronized (answers) {
      answers.put(endPoint, nanoTime.getAsLong() + Math.min(needed, most));
    }
  }

  int open() {
    return places.taken();
  }

  /// Returns the endpoint below TLS.
  static EndPoint network(EndPoint endPoint) {
    return endPoint instanceof EndPoint.Wrapper wrapper ? wrapper.unwrap() : endPoint;
  }

  private static Origin origin(EndPoint endPoint) {
    return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress address
            && address.getAddress() != null
        ? Origin.of(address.getAddress())
        : new Origin("none");
  }

  private void sweep() {
    try {
      while (true) {
        Thread.sleep(500);
        places.overdue().forEach(Connections::close);
        unread().forEach(Connections::close);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Closes a connection. A failure must not keep the sweeper from closing the others.
  private static void close(EndPoint endPoint) {
    try {
      endPoint.close();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "cannot close a connection", e);
    }
  }

  private Iterable<EndPoint> unread() {
    var overdue = new ArrayList<EndPoint>();
    var now = nanoTime.getAsLong();
    synchronized (answers) {
      answers.forEach(
          (endPoint, until) -> {
            if (until - now < 0) {
              overdue.add(endPoint);
            }
          });
      overdue.forEach(answers::remove);
    }
    return overdue;
  }

  @Override
  public void close() {
    sweeper.interrupt();
  }
}
