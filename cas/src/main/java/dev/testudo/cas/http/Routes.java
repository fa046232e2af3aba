package dev.testudo.cas.http;

import dev.testudo.cas.admission.Admission;
import dev.testudo.cas.admission.Callers;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.session.PublicValues;
import dev.testudo.cas.session.Sessions;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.AttestationRequest;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Maps requests to the services that answer them. Paths are compared literally, without decoding
/// or normalisation; any other spelling is an unknown path.
public final class Routes {
  private static final Pattern HASH = Pattern.compile("hash=([0-9a-f]{64})");
  private static final String SESSIONS = "/v1/sessions/";
  private static final String VALUES = "/v1/values/";
  private static final String TOKENS = "/v1/tokens/";
  private static final String REFUSALS = "/v1/refusals/";
  private static final Pattern REQUEST = Pattern.compile("[0-9a-f]{16}");

  private final CasServices services;
  private final TokenRoutes tokens;
  private final Health health;
  private final Admission admission;
  private final Callers callers;
  private final Metrics metrics;
  private final String version;

  /// Creates routes to the given services.
  ///
  /// @param callers records which callers are known
  public Routes(
      CasServices services, Health health, Admission admission, Callers callers, String version) {
    this.admission = admission;
    this.callers = callers;
    this.metrics = new Metrics(admission);
    this.health = health;
    this.services = services;
    this.tokens = new TokenRoutes(services.tokens());
    this.version = version;
  }

  /// Returns the handler of a request that is always answered, to anybody, because
  /// monitoring relies on it.
  Optional<Resource.Answering> alwaysAnswered(String method, String path) {
    return switch (method + " " + path) {
      case "GET /healthz" -> Optional.of(this::healthy);
      case "GET /metrics" -> Optional.of(this::metrics);
      case String _ -> Optional.empty();
    };
  }

  /// Returns the resource that answers a request.
  ///
  /// @throws Refused if the path is unknown or does not have the method
  Resource resource(String method, String path) throws Refused {
    return switch (path) {
      case "/v1/sessions", "/session" ->
          on("POST", method, Resource.posted(Sessions.TEXT_LIMIT, this::register));
      case "/v1/bundles" ->
          on("POST", method, Resource.posted(SessionBundle.LIMIT, this::registerBundle));
      case "/v1/bundles/status" ->
          on("POST", method, Resource.posted(SessionBundle.LIMIT, this::bundleStatus));
      case "/v1/attestation/nonce" -> on("POST", method, Resource.forKeys(this::nonce).asLight());
      case "/v1/attestation" ->
          on("POST", method, Resource.posted(AttestationRequest.LIMIT, this::attest));
      case "/v1/version" -> on("GET", method, Resource.forAnybody(this::version).asLight());
      case "/healthz", "/metrics" -> throw notAllowed("GET");
      case String p when p.startsWith(SESSIONS) ->
          switch (method) {
            case "GET" -> Resource.forKeys(this::read);
            case "DELETE" -> Resource.forKeys(this::delete);
            default -> throw notAllowed("GET and DELETE");
          };
      case String p when p.startsWith(VALUES) ->
          on("GET", method, Resource.forAnybody(this::values));
      case String p when p.startsWith(TOKENS) -> tokens.resource(method);
      case String p when p.startsWith(REFUSALS) ->
          on("GET", method, Resource.forKeys(this::reasons));
      case String _ -> throw unknownPath();
    };
  }

  private static Refused unknownPath() {
    return new Refused(RefusalId.UNKNOWN_PATH, "there is no such resource");
  }

  private HttpAnswer reasons(Exchange exchange) throws Refused, IOException {
    var request = exchange.path().substring(REFUSALS.length());
    if (!REQUEST.matcher(request).matches()) {
      throw unknownPath();
    }
    return new HttpAnswer(200, services.reasons().why(request, exchange.caller()).encode());
  }

  private static Resource on(String expected, String method, Resource resource) throws Refused {
    if (!method.equals(expected)) {
      throw notAllowed(expected);
    }
    return resource;
  }

  private static Refused notAllowed(String expected) {
    return new Refused(
        RefusalId.METHOD_NOT_ALLOWED, "this resource supports %s only".formatted(expected));
  }

  private HttpAnswer register(Exchange exchange) throws Refused, IOException {
    var caller = exchange.caller();
    return registered(services.ofSessions().sessions().register(exchange.body(), caller), caller);
  }

  private HttpAnswer registerBundle(Exchange exchange) throws Refused, IOException {
    var caller = exchange.caller();
    return registered(services.ofSessions().bundles().register(exchange.body(), caller), caller);
  }

  private HttpAnswer bundleStatus(Exchange exchange) throws Refused, IOException {
    var status = services.ofSessions().bundles().status(exchange.body(), exchange.caller());
    return new HttpAnswer(200, status.encode());
  }

  private HttpAnswer registered(Sessions.Stored stored, Caller caller) throws Refused {
    callers.created(caller.requireKey());
    var json = new JsonBuilder().put("hash", stored.hash());
    if (!stored.warnings().isEmpty()) {
      json.put("warnings", stored.warnings());
    }
    return new HttpAnswer(201, Json.write(json.build()));
  }

  private HttpAnswer read(Exchange exchange) throws Refused, IOException {
    var name = name(exchange.path().substring(SESSIONS.length()));
    var reply =
        services.ofSessions().sessions().read(name, hash(exchange.query()), exchange.caller());
    return new HttpAnswer(200, reply.encode());
  }

  private HttpAnswer delete(Exchange exchange) throws Refused, IOException {
    var name = name(exchange.path().substring(SESSIONS.length()));
    var seen = hash(exchange.query()).orElseThrow(Routes::malformedHash);
    services.ofSessions().deletions().delete(name, seen, exchange.caller());
    return HttpAnswer.ok(new JsonBuilder().put("deleted", seen));
  }

  private static Refused malformedHash() {
    return new Refused(
        RefusalId.MALFORMED_REQUEST, "the query must be `hash=` and 64 hexadecimal digits");
  }

  private static Optional<String> hash(Optional<String> query) throws Refused {
    if (query.isEmpty()) {
      return Optional.empty();
    }
    var matcher = HASH.matcher(query.get());
    if (!matcher.matches()) {
      throw malformedHash();
    }
    return Optional.of(matcher.group(1));
  }

  private HttpAnswer values(Exchange exchange) throws Refused, IOException {
    var wanted = new HashMap<String, String>();
    for (var part : exchange.path().substring(VALUES.length()).split(",", -1)) {
      var equals = part.indexOf('=');
      if (equals < 0 || wanted.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
        throw malformedValues();
      }
    }
    var session = Optional.ofNullable(wanted.get("session")).orElseThrow(Routes::malformedValues);
    if (!Set.of("session", "session_hash", "secret").containsAll(wanted.keySet())) {
      throw malformedValues();
    }
    return new HttpAnswer(200, services.values().answer(query(session, wanted), exchange.caller()));
  }

  private static PublicValues.Query query(String session, Map<String, String> wanted)
      throws Refused {
    return new PublicValues.Query(
        name(session),
        Optional.ofNullable(wanted.get("session_hash")),
        Optional.ofNullable(wanted.get("secret")));
  }

  private HttpAnswer nonce(Exchange exchange) throws Refused {
    return HttpAnswer.ok(
        new JsonBuilder().put("nonce", services.attestation().nonce(exchange.caller())));
  }

  private HttpAnswer attest(Exchange exchange) throws Refused, IOException {
    var configuration = services.attestation().attest(exchange.body(), exchange.caller());
    callers.attested(exchange.caller());
    return new HttpAnswer(200, configuration);
  }

  private HttpAnswer version(Exchange exchange) {
    return HttpAnswer.ok(new JsonBuilder().put("version", version));
  }

  private HttpAnswer healthy(Exchange exchange) {
    var cause = health.cause();
    if (cause.isPresent()) {
      var json = new JsonBuilder().put("status", "failing").put("cause", cause.get().text());
      return new HttpAnswer(503, Json.write(json.build()));
    }
    return HttpAnswer.ok(new JsonBuilder().put("status", "ok"));
  }

  private HttpAnswer metrics(Exchange exchange) throws Refused {
    if (!admission.maySeeMetrics(exchange.caller())) {
      throw new Refused(
          RefusalId.NOT_PERMITTED, "only owners and callers on this machine may see the metrics");
    }
    return HttpAnswer.metrics(metrics.text());
  }

  private static SessionName name(String text) throws Refused {
    return SessionName.parse(text)
        .orElseThrow(
            () -> new Refused(RefusalId.MALFORMED_REQUEST, "the session's name is malformed"));
  }

  Metrics metrics() {
    return metrics;
  }

  private static Refused malformedValues() {
    return new Refused(
        RefusalId.MALFORMED_REQUEST,
        "request values as `session=<name>[,session_hash=<hash>][,secret=<name>]`");
  }
}
