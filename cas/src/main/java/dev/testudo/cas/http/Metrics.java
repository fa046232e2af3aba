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
  private final LongAdder requests = new LongAdder();
  private final Map<RefusalId, LongAdder> refusals = new EnumMap<>(RefusalId.class);
  private volatile IntSupplier connections = () -> 0;

  Metrics(Admission admission) {
    this.admission = admission;
    for (var id : RefusalId.values()) {
      refusals.put(id, new LongAdder());
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

  byte[] text() {
    var out = new StringBuilder();
    out.append("# TYPE testudo_cas_requests_total counter\n");
    out.append("testudo_cas_requests_total %d\n".formatted(requests.sum()));
    out.append("# TYPE testudo_cas_refusals_total counter\n");
    refusals.forEach(
        (id, count) ->
            out.append(
                "testudo_cas_refusals_total{id=\"%s\"} %d\n".formatted(id.text(), count.sum())));
    gauge(out, "testudo_cas_connections", connections.getAsInt());
    admission.gauges().forEach(gauge -> gauge(out, gauge.name(), gauge.value()));
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void gauge(StringBuilder out, String name, long value) {
    out.append("# TYPE %s gauge\n%s %d\n".formatted(name, name, value));
  }
}
