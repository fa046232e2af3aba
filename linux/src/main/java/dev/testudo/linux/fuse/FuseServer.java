package dev.testudo.linux.fuse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Serves the requests of one connection on platform threads, until the file system is unmounted
/// and unused, the connection is aborted, or [#stop].
public final class FuseServer {
  private final List<FuseDevice> devices;
  private final FuseSettings settings;
  private final FuseOperations operations;
  private final FuseListener listener;
  private final DeviceNotifier notifier;
  private final ServerState state;
  private final List<FuseTransport> transports = new ArrayList<>();
  private final AtomicInteger running = new AtomicInteger();
  private final CompletableFuture<FuseEnd> end = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  private FuseServer(
      List<FuseDevice> devices,
      FuseSettings settings,
      FuseOperations operations,
      FuseListener listener) {
    this.devices = List.copyOf(devices);
    this.settings = settings;
    this.operations = operations;
    this.listener = listener;
    this.notifier = new DeviceNotifier(devices.getFirst());
    this.state = new ServerState(listener, notifier);
  }

  /// Starts the threads.
  ///
  /// @param devices devices of one connection, at least one, which is mounted. The threads share
  ///     them. The server closes them when it ends
  public static FuseServer start(
      List<FuseDevice> devices,
      FuseSettings settings,
      FuseOperations operations,
      FuseListener listener) {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("no device");
    }
    var server = new FuseServer(devices, settings, operations, listener);
    server.run();
    return server;
  }

  private void run() {
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < settings.threads(); i++) {
      var device = devices.get(i % devices.size());
      var dispatcher = new Dispatcher(operations, settings, state);
      var transport = new DeviceTransport(device, Dispatcher.requestSize(settings));
      transports.add(transport);
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name(settings.name() + "-" + i)
              .unstarted(() -> serve(transport, dispatcher)));
    }
    running.set(threads.size());
    threads.forEach(Thread::start);
  }

  private void serve(FuseTransport transport, Dispatcher dispatcher) {
    FuseEnd why;
    try (transport) {
      int length = transport.receive(dispatcher.request());
      while (length >= 0) {
        int reply = dispatcher.perform(length);
        if (reply > 0 && !transport.send(dispatcher.reply(), reply)) {
          state.unsent();
        }
        length = transport.receive(dispatcher.request());
      }
      why = transport.end();
    } catch (Throwable e) { // an error here must not leave programs waiting for ever
      why = new FuseEnd.Failed(e);
    }
    threadEnded(why);
  }

  /// The first reason counts. The other threads end because of it.
  private void threadEnded(FuseEnd why) {
    end.complete(why);
    transports.forEach(FuseTransport::stop);
    if (running.decrementAndGet() == 0) {
      try {
        operations.end();
        devices.forEach(FuseDevice::close);
        listener.ended(end.join());
      } finally {
        ended.countDown();
      }
    }
  }

  /// Returns what was agreed with the kernel, or empty before its first request.
  public Optional<FuseAgreement> agreement() {
    return state.agreement();
  }

  public FuseCounters counters() {
    return state.counters();
  }

  /// Returns a way to tell the kernel about changes. Only while the server runs.
  public FuseNotifier notifier() {
    return notifier;
  }

  /// Waits for the server to end. Returns why it did, or empty if it still runs.
  public Optional<FuseEnd> awaitEnd(Duration timeout) throws InterruptedException {
    return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)
        ? Optional.of(end.join())
        : Optional.empty();
  }

  /// Stops without unmounting: requests that are performed are answered, then the devices are
  /// closed. If no other process has the connection, it is aborted: programs get ENOTCONN, and what
  /// is only in the kernel's cache is lost.
  ///
  /// @return whether all threads have ended within the timeout. If not, they end after the request
  ///     that they perform
  public boolean stop(Duration timeout) throws InterruptedException {
    end.complete(new FuseEnd.Stopped());
    transports.forEach(FuseTransport::stop);
    return awaitEnd(timeout).isPresent();
  }
}
