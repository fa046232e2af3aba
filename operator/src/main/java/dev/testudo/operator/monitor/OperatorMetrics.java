package dev.testudo.operator.monitor;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.Event;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counters of the operator in the text format of Prometheus. There is one series for each kind of
/// object, so their number is bounded.
public final class OperatorMetrics implements Metrics {
  private static final String PREFIX = "testudo_operator_";
  private static final Map<String, String> HELP =
      new TreeMap<>(
          Map.of(
              "events_total", "Changes of objects that the operator was told of.",
              "queue_adds_total", "Objects put into the queue.",
              "reconciles_started_total", "Reconciliations begun.",
              "reconciles_succeeded_total", "Reconciliations that ended without an exception.",
              "reconciles_failed_total", "Reconciliations that ended with an exception.",
              "reconcile_nanoseconds_total", "Time spent in reconciliations."));

  private final Map<String, Map<String, LongAdder>> counters = new ConcurrentSkipListMap<>();
  private final AtomicBoolean leading = new AtomicBoolean();

  /// Creates counters that are 0.
  public OperatorMetrics() {
    HELP.keySet().forEach(name -> counters.put(name, new ConcurrentSkipListMap<>()));
  }

  /// Says whether this process is the one of its replicas that works.
  public void leading(boolean now) {
    leading.set(now);
  }

  @Override
  public void eventReceived(Event event, Map<String, Object> about) {
    count("events_total", String.valueOf(about.getOrDefault("resource.kind", "")), 1);
  }

  @Override
  public void reconciliationSubmitted(
      HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> about) {
    count("queue_adds_total", resource, 1);
  }

  @Override
  public void reconciliationStarted(HasMetadata resource, Map<String, Object> about) {
    count("reconciles_started_total", resource, 1);
  }

  @Override
  public void reconciliationFailed(
      HasMetadata resource,
      @Nullable RetryInfo retry,
      Exception failed,
      Map<String, Object> about) {
    count("reconciles_failed_total", resource, 1);
  }

  @Override
  public void reconciliationSucceeded(HasMetadata resource, Map<String, Object> about) {
    count("reconciles_succeeded_total", resource, 1);
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    var start = System.nanoTime();
    try {
      return execution.execute();
    } finally {
      count("reconcile_nanoseconds_total", execution.controllerName(), System.nanoTime() - start);
    }
  }

  private void count(String name, HasMetadata resource, long by) {
    count(name, resource.getFullResourceName(), by);
  }

  private void count(String name, String kind, long by) {
    var series = counters.get(name);
    if (series != null) {
      series.computeIfAbsent(kind, _ -> new LongAdder()).add(by);
    }
  }

  /// Returns all of it in the text format of Prometheus, version 0.0.4.
  public String text() {
    var text = new StringBuilder();
    counters.forEach(
        (name, series) -> {
          text.append("# HELP %s%s %s%n".formatted(PREFIX, name, HELP.get(name)));
          text.append("# TYPE %s%s counter%n".formatted(PREFIX, name));
          series.forEach(
              (kind, value) ->
                  text.append("%s%s{kind=\"%s\"} %d%n".formatted(PREFIX, name, kind, value.sum())));
        });
    text.append("# HELP %sleader 1 if this process is the one that works.%n".formatted(PREFIX));
    text.append("# TYPE %sleader gauge%n".formatted(PREFIX));
    return text.append("%sleader %d%n".formatted(PREFIX, leading.get() ? 1 : 0)).toString();
  }
}
