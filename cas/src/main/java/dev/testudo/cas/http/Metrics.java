package dev.testudo.cas.http;

import dev.testudo.cas.admission.Admission;
import dev.testudo.cas.refusal.RefusalId;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/// Metrics in Prometheus' text format. They contain neither names nor secrets.
final class Metrics {
  private final Admission admission;
  private final String version;
  private final LongAdder requests = new LongAdder();
  private final Map<RefusalId, LongAdder> refusals = new EnumMap<>(RefusalId.class);
  private final Map<RouteLabel, Histogram> durations = new EnumMap<>(RouteLabel.class);
  private volatile IntSupplier connections = () -> 0;

  Metrics(Admission admission, String version) {
    this.admission = admission;
    this.version = version;
    for (var id : RefusalId.values()) {
      refusals.put(id, new LongAdder());
    }
    for (var route : RouteLabel.values()) {
      durations.put(route, new Histogram());
    }
  }

  void watch(IntSupplier open) {
    connections = open;
  }

  void request() {
    requests.increment();
  }

  void refusal(RefusalId id) {
    Objects.requireNonNull(refusals.get(id)).increment();
  }

  /// Records how long an answer took from the request's headers on, waiting included.
  void took(String path, long nanos) {
    Objects.requireNonNull(durations.get(RouteLabel.of(path))).add(nanos);
  }

  /// Returns all metrics.
  ///
  /// @param more further ones, in the same format
  byte[] text(String more) {
    var out = new StringBuilder();
    type(out, "testudo_cas_build_info", "gauge", "The version of this CAS.");
    out.append("testudo_cas_build_info{version=\"%s\"} 1\n".formatted(version));
    type(out, "testudo_cas_requests_total", "counter", "Requests since the start.");
    out.append("testudo_cas_requests_total %d\n".formatted(requests.sum()));
    type(out, "testudo_cas_refusals_total", "counter", "Refusals since the start, by id.");
    refusals.forEach(
        (id, count) ->
            out.append(
                "testudo_cas_refusals_total{id=\"%s\"} %d\n".formatted(id.text(), count.sum())));
    var duration = "testudo_cas_request_duration_seconds";
    type(out, duration, "histogram", "Time from a request's headers to its answer, by route.");
    durations.forEach((route, histogram) -> histogram.write(out, duration, route.text()));
    gauge(out, "testudo_cas_connections", connections.getAsInt());
    admission.gauges().forEach(gauge -> gauge(out, gauge.name(), gauge.value()));
    return out.append(more).toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void type(StringBuilder out, String name, String type, String help) {
    out.append("# HELP %s %s\n# TYPE %s %s\n".formatted(name, help, name, type));
  }

  private static void gauge(StringBuilder out, String name, long value) {
    out.append("# TYPE %s gauge\n%s %d\n".formatted(name, name, value));
  }
}
