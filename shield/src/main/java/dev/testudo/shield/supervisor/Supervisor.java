package dev.testudo.shield.supervisor;

import dev.testudo.linux.seccomp.Listener;
import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.shield.LocalNetwork;
import dev.testudo.shield.Reports;
import dev.testudo.shield.ShieldEvents;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.supervisor.call.BlockingCalls;
import dev.testudo.shield.supervisor.call.CallFailures;
import dev.testudo.shield.supervisor.call.CallTable;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.connect.Gate;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.context.Decisions;
import dev.testudo.shield.supervisor.context.ProgramSockets;
import dev.testudo.shield.supervisor.context.SecureSide;
import dev.testudo.shield.supervisor.context.UnixPlaces;
import dev.testudo.shield.supervisor.file.FileCalls;
import dev.testudo.shield.supervisor.file.InjectedTree;
import dev.testudo.shield.supervisor.socket.LocalView;
import dev.testudo.shield.supervisor.socket.SocketTable;
import dev.testudo.shield.supervisor.socket.SocketWay;
import dev.testudo.shield.supervisor.socket.UnixPeers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// Serves the notifications of one program and its descendants on a thread of its own.
///
/// The thread blocks only to wait for the next event. When it ends for any reason, the listener
/// closes, and every further call that needs the supervisor fails with `ENOSYS`. Nothing passes.
public final class Supervisor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Supervisor.class.getName());
  /// How many messages of other threads may wait. Each stands for a connection in setup, and there
  /// are fewer of those.
  private static final int MOST_MESSAGES = 16_384;

  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final Loop loop;
  private final Listener listener;
  private final Context context;
  private final CallTable calls;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);

  private Supervisor(
      Fd listener,
      Fd root,
      SocketWay way,
      Decisions decisions,
      SecureSide secureSide,
      LocalNetwork network,
      ShieldEvents events,
      Optional<InjectedTree> injected)
      throws ErrnoException {
    this.loop = new Loop(MOST_MESSAGES);
    this.listener = new Listener(listener);
    var threads = new BlockingCalls();
    var hidden = Gate.randomLoopback();
    var table = new SocketTable(loop, way, hidden);
    this.context =
        new Context(
            loop,
            threads,
            new ProgramSockets(
                table,
                new UnixPeers(loop, table),
                new UnixPlaces(decisions, root),
                new LocalView(network),
                hidden),
            decisions,
            secureSide,
            new Reports(events));
    var failures = new CallFailures(context.reports().shortages());
    this.calls = new CallTable(failures);
    new SocketCalls(context, failures, calls);
    if (injected.isPresent()) {
      FileCalls.register(injected.get(), calls);
    }
    this.thread = Thread.ofPlatform().daemon().name("shield-supervisor").unstarted(this::run);
  }

  /// Starts to serve `listener`, which the supervisor then owns. It must come from a filter made
  /// for `way`.
  ///
  /// @param root the program's root directory; read before this method returns
  /// @param injected the files to show to the program; the filter must ask about file calls then
  public static Supervisor start(
      Fd listener,
      Fd root,
      SocketWay way,
      Decisions decisions,
      SecureSide secureSide,
      LocalNetwork network,
      ShieldEvents events,
      Optional<InjectedTree> injected)
      throws ErrnoException {
    var supervisor =
        new Supervisor(listener, root, way, decisions, secureSide, network, events, injected);
    supervisor.thread.start();
    return supervisor;
  }

  /// Waits until no process is left under the filter, or until [#close].
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  private void run() {
    try {
      loop.watchUrgently(listener.fd(), this::listenerReady);
      loop.run();
    } catch (ErrnoException | RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the network shield has failed and refuses all calls", e);
    } finally {
      end();
    }
  }

  /// Closes the listener first, so that no call of the program waits for the supervisor any more.
  private void end() {
    listener.close();
    try {
      context.sockets().peers().close();
      context.sockets().table().close();
      context.blockingCalls().close();
      loop.close();
    } finally {
      ended.countDown();
    }
  }

  private void listenerReady(int events) {
    if ((events & Epoll.EPOLLIN) != 0) {
      serveNext();
    } else {
      // Hang-up: the last process under the filter has ended.
      loop.stop();
    }
  }

  private void serveNext() {
    try {
      var notification = listener.receive();
      if (notification.isPresent()) {
        calls.serve(new StoppedCall(listener, notification.get()));
      }
    } catch (ErrnoException e) {
      throw new IllegalStateException("the seccomp listener no longer works", e);
    }
  }

  /// Stops serving and waits until the thread has ended.
  @Override
  public void close() {
    loop.stop();
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      thread.join(FAREWELL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
