package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.trust.status.Direction;
import java.time.Duration;
import java.util.Optional;

/// An outbound connection until it is authenticated or has failed. Until then it takes
/// [RelayLimits#CONNECTING] places of the capacity.
final class Dialing implements Dial, Leg.Owner {
  private final RelayContext context;
  private final EventLoop loop;
  private final SocketAddress to;
  private final ClientTls tls;
  private final DialCallback callback;
  private final boolean patient;

  /// What [#cancel] must drop: this object while TCP connects, then the handshake.
  private Leg.Owner current = this;

  private Optional<Leg> connecting = Optional.empty();
  private boolean over;

  /// @param patient whether the server may stay silent as long as the kernel would wait
  Dialing(
      RelayContext context,
      EventLoop loop,
      SocketAddress to,
      ClientTls tls,
      boolean patient,
      DialCallback callback) {
    this.context = context;
    this.loop = loop;
    this.to = to;
    this.tls = tls;
    this.callback = callback;
    this.patient = patient;
  }

  /// Starts to connect `fd`, on the loop's thread.
  void connect(Fd fd) {
    if (over) {
      fd.close();
      return;
    }
    try {
      int errno = Sockets.connect(fd, to);
      if (errno == 0 || errno == Errno.EINPROGRESS) {
        // Watched only from now on: epoll reports a hang-up for a socket that is not
        // connecting yet.
        var leg = new Leg(loop, fd);
        connecting = Optional.of(leg);
        leg.hand(this);
      } else {
        fd.close();
        failed(errno, "connect to %s: %s".formatted(to, Errno.name(errno)));
      }
    } catch (ErrnoException e) {
      fd.close();
      failed(e.errno(), String.valueOf(e.getMessage()));
    }
  }

  /// Starts with a socket that is already connected, on the loop's thread.
  void authenticate(Fd connected) {
    if (over) {
      connected.close();
      return;
    }
    try {
      authenticate(new Leg(loop, connected));
    } catch (ErrnoException e) {
      connected.close();
      failed(e.errno(), String.valueOf(e.getMessage()));
    }
  }

  /// Called when TCP has connected or failed.
  @Override
  public boolean turn() {
    var leg = connecting.orElseThrow();
    if (leg.writable()) {
      try {
        int errno = Sockets.takeError(leg.fd());
        if (errno == 0) {
          authenticate(leg);
        } else {
          leg.close();
          failed(errno, "connect to %s: %s".formatted(to, Errno.name(errno)));
        }
      } catch (ErrnoException e) {
        leg.close();
        failed(e.errno(), String.valueOf(e.getMessage()));
      }
    }
    return false;
  }

  private void authenticate(Leg leg) throws ErrnoException {
    var local = Sockets.getsockname(leg.fd());
    var engine = context.engines().client(tls);
    var outcome =
        new Handshake.Outcome() {
          @Override
          public void established(Optional<String> peerName, byte[] rest) {
            var link = new Link(Direction.OUTBOUND, tls.rule(), local, to, peerName);
            over = true;
            context.connections().capacity().give(RelayLimits.CONNECTING - 1);
            callback.authenticated(
                new Waiting(context, loop, leg, engine, rest, link, Optional.empty()));
          }

          @Override
          public void failed(String reason, boolean heard) {
            refused(reason);
          }
        };
    current = Handshake.begin(context, loop, leg, engine, silence(), outcome);
  }

  /// Returns how long the server may stay silent. A server with a full accept queue does
  /// not answer.
  private Duration silence() {
    return patient ? context.limits().answerTime() : context.limits().handshakeTime();
  }

  private void refused(String reason) {
    if (!over) {
      context
          .reports()
          .events()
          .on(new ShieldEvent.Refused("connect", to.toString(), tls.rule(), reason));
      failed(Errno.ECONNABORTED, reason);
    }
  }

  private void failed(int errno, String reason) {
    if (!over) {
      release();
      callback.failed(errno, reason);
    }
  }

  private void release() {
    over = true;
    loop.load().decrementAndGet();
    context.connections().capacity().give(RelayLimits.CONNECTING);
  }

  @Override
  public void cancel() {
    loop.execute(
        () -> {
          if (!over) {
            release();
            current.drop("cancelled");
          }
        });
  }

  /// Called while TCP connects.
  @Override
  public void drop(String reason) {
    connecting.ifPresent(Leg::close);
    failed(Errno.ECONNABORTED, reason);
  }
}
