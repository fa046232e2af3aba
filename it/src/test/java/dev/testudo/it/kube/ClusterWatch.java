package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/// Tells one caller what happens to the objects of one kind, until it goes away.
final class ClusterWatch {
  private final ObjectStore store;
  private final ApiKind kind;
  private final ApiRequest request;

  ClusterWatch(ObjectStore store, ApiKind kind, ApiRequest request) {
    this.store = store;
    this.kind = kind;
    this.request = request;
  }

  void run(HttpExchange exchange) throws IOException {
    var since = Long.parseLong(request.query().getOrDefault("resourceVersion", "0"));
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    var out = exchange.getResponseBody();
    out.flush();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        for (var event : store.after(since)) {
          since = event.version();
          if (concerns(event)) {
            out.write(ClusterStandIn.JSON.writeValueAsBytes(line(event)));
            out.write('\n');
            out.flush();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean concerns(ObjectStore.Happened event) {
    return event.kind().plural().equals(kind.plural())
        && event.kind().group().equals(kind.group())
        && (request.namespace().isEmpty()
            || event.object().at("/metadata/namespace").asText().equals(request.namespace()))
        && Selectors.match(event.object(), request.query());
  }

  private static ObjectNode line(ObjectStore.Happened event) {
    var line = ClusterStandIn.JSON.createObjectNode().put("type", event.type());
    line.set("object", event.object());
    return line;
  }
}
