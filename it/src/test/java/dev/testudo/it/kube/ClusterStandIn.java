package dev.testudo.it.kube;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The API server of a cluster without nodes: what Helm, the operator and the tests ask of one. It
/// validates strictly, and decides by roles.
public final class ClusterStandIn implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();

  /// The token of somebody who may do everything.
  public static final String ADMIN = "admin";

  private final ObjectStore store = new ObjectStore();
  private final Map<String, ClusterRoles> users = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private int port;

  private ClusterStandIn() {}

  /// Starts one at a free port of loopback.
  public static ClusterStandIn start() throws IOException {
    var cluster = new ClusterStandIn();
    cluster.resume();
    return cluster;
  }

  /// Starts to answer, again if it was interrupted, at the same port.
  public void resume() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
    port = server.getAddress().getPort();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /// Ends all connections, and accepts none.
  public void interrupt() {
    server.stop(0);
  }

  /// Lets the holder of `token` do what `roles` permit.
  public void user(String token, Iterable<JsonNode> roles) {
    var granted = new ClusterRoles();
    roles.forEach(granted::grant);
    users.put(token, granted);
  }

  /// What the holder of `token` was refused.
  public java.util.Set<String> refused(String token) {
    return users.get(token).refused();
  }

  /// Writes a kubeconfig for the holder of `token`.
  public Path kubeconfig(Path file, String token) throws IOException {
    return Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: u, user: {token: %s}}]
        contexts: [{name: x, context: {cluster: c, user: u, namespace: default}}]
        current-context: x
        """
            .formatted(port, token));
  }

  /// The objects, for tests.
  public ClusterObjects objects() {
    return new ClusterObjects(store);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        var path = exchange.getRequestURI().getPath();
        if (path.equals("/openapi/v2")) {
          // An empty document: who reads it checks nothing before it sends an object.
          exchange.sendResponseHeaders(200, -1);
          return;
        }
        var known = ClusterDiscovery.answer(path, store.kinds());
        if (known.isPresent()) {
          send(exchange, 200, known.get());
          return;
        }
        var request = ApiRequest.of(exchange.getRequestURI());
        if (request.plural().equals("selfsubjectrulesreviews")) {
          var roles = users.getOrDefault(token(exchange), new ClusterRoles());
          send(exchange, 201, roles.review(body(exchange)));
          return;
        }
        demand(exchange, request, request.verb(exchange.getRequestMethod()));
        var kind = store.kind(request.group(), request.version(), request.plural());
        if (request.isWatch()) {
          new ClusterWatch(store, kind, request).run(exchange);
        } else {
          send(
              exchange,
              exchange.getRequestMethod().equals("POST") ? 201 : 200,
              perform(exchange, kind, request));
        }
      } catch (ApiFault fault) {
        send(exchange, fault.code(), status(fault));
      }
    }
  }

  private void demand(HttpExchange exchange, ApiRequest request, String verb) throws ApiFault {
    var token = token(exchange);
    if (token.equals(ADMIN)) {
      return;
    }
    var roles = users.get(token);
    if (roles == null) {
      throw new ApiFault(401, "Unauthorized", "no such user");
    }
    roles.demand(request, verb);
  }

  private static String token(HttpExchange exchange) {
    var header = exchange.getRequestHeaders().getFirst("authorization");
    // Helm sends no token without TLS.
    return header == null ? ADMIN : header.replaceFirst("^Bearer ", "");
  }

  private JsonNode perform(HttpExchange exchange, ApiKind kind, ApiRequest request)
      throws ApiFault, IOException {
    return switch (exchange.getRequestMethod()) {
      case "GET" ->
          request.name().isEmpty()
              ? list(kind, request)
              : store.get(kind, request.namespace(), request.name());
      case "POST" -> store.create(kind, request.namespace(), body(exchange));
      case "PUT" -> {
        var body = body(exchange);
        yield store.change(kind, request.namespace(), request.name(), isStatus(request), _ -> body);
      }
      case "PATCH" -> patch(exchange, kind, request);
      case "DELETE" -> {
        exchange.getRequestBody().readAllBytes();
        yield store.delete(kind, request.namespace(), request.name());
      }
      default -> throw new ApiFault(405, "MethodNotAllowed", exchange.getRequestMethod());
    };
  }

  private static boolean isStatus(ApiRequest request) {
    return request.subresource().equals("status");
  }

  private JsonNode patch(HttpExchange exchange, ApiKind kind, ApiRequest request)
      throws ApiFault, IOException {
    var type = String.valueOf(exchange.getRequestHeaders().getFirst("content-type"));
    var body = body(exchange);
    var space = request.namespace();
    if (type.startsWith("application/apply-patch")) {
      demand(
          exchange,
          request,
          "create".equals(request.verb("POST")) && !isStatus(request) && !exists(kind, request)
              ? "create"
              : "patch");
      var manager = request.query().getOrDefault("fieldManager", "");
      return store.apply(kind, space, request.name(), isStatus(request), manager, body);
    }
    if (type.startsWith("application/merge-patch")) {
      return store.change(
          kind, space, request.name(), isStatus(request), old -> Patches.merge(old, body));
    }
    if (type.startsWith("application/strategic-merge-patch")) {
      return store.change(
          kind, space, request.name(), isStatus(request), old -> Patches.strategic(old, body));
    }
    throw new ApiFault(415, "UnsupportedMediaType", type);
  }

  private boolean exists(ApiKind kind, ApiRequest request) {
    try {
      store.get(kind, request.namespace(), request.name());
      return true;
    } catch (ApiFault e) {
      return false;
    }
  }

  private JsonNode list(ApiKind kind, ApiRequest request) {
    var list = JSON.createObjectNode();
    list.put("kind", kind.kind() + "List").put("apiVersion", kind.apiVersion());
    list.withObject("/metadata").put("resourceVersion", Long.toString(store.version()));
    var items = list.putArray("items");
    store.list(kind, request.namespace()).stream()
        .filter(one -> Selectors.match(one, request.query()))
        .forEach(items::add);
    return list;
  }

  private static ObjectNode body(HttpExchange exchange) throws ApiFault, IOException {
    var bytes = exchange.getRequestBody().readAllBytes();
    if (bytes.length > 4 && new String(bytes, 0, 4, UTF_8).equals("k8s\0")) {
      return Protobuf.object(bytes);
    }
    if (JSON.readTree(bytes) instanceof ObjectNode object) {
      return object;
    }
    throw new ApiFault(400, "BadRequest", "the body is no object");
  }

  private static ObjectNode status(ApiFault fault) {
    return JSON.createObjectNode()
        .put("kind", "Status")
        .put("apiVersion", "v1")
        .put("status", "Failure")
        .put("message", fault.getMessage())
        .put("reason", fault.reason())
        .put("code", fault.code());
  }

  private static void send(HttpExchange exchange, int code, JsonNode body) throws IOException {
    var bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
