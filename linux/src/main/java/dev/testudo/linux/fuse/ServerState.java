package dev.testudo.linux.fuse;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/// What the threads of one server share.
final class ServerState {
  private final FuseListener listener;
  private final FuseNotifier notifier;
  private final LongAdder requests = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder unsent = new LongAdder();
  private final List<Dispatcher> dispatchers = new CopyOnWriteArrayList<>();
  private volatile Optional<FuseAgreement> agreement = Optional.empty();

  ServerState(FuseListener listener, FuseNotifier notifier) {
    this.listener = listener;
    this.notifier = notifier;
  }

  void add(Dispatcher dispatcher) {
    dispatchers.add(dispatcher);
  }

  FuseNotifier notifier() {
    return notifier;
  }

  void agreed(FuseAgreement now) {
    agreement = Optional.of(now);
  }

  Optional<FuseAgreement> agreement() {
    return agreement;
  }

  void request() {
    requests.increment();
  }

  void malformed(String what) {
    malformed.increment();
    listener.malformed(what);
  }

  void failed(FuseOpcode opcode, Exception reason) {
    failed.increment();
    listener.failed(opcode, reason);
  }

  void unsent() {
    unsent.increment();
  }

  /// Tells the thread that performs the request, if one still does.
  void interrupt(long unique) {
    dispatchers.forEach(dispatcher -> dispatcher.interruptIfAt(unique));
  }

  FuseCounters counters() {
    return new FuseCounters(requests.sum(), malformed.sum(), failed.sum(), unsent.sum());
  }
}
