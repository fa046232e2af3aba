package dev.testudo.cas.http;

import dev.testudo.cas.admission.Admission;
import dev.testudo.cas.admission.Callers;
import dev.testudo.cas.collateral.CollateralKeeper;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.session.PublicValues;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.AttestationRequest;
import dev.testudo.trust.channel.CredentialRequest;
import dev.testudo.trust.channel.WitnessedHead;
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
  private static final String VALUES = "/v1/values/";
  private static final String TOKENS = "/v1/tokens/";
  private static final String REFUSALS = "/v1/refusals/";
  private static final byte[] OPEN_API = OpenApi.document();
  private static final Pattern REQUEST = Pattern.compile("[0-9a-f]{16}");
  private static final String OF_SESSION = "session=";

  private final CasServices services;
  private final SessionRoutes sessions;
  private final TokenRoutes tokens;
  private final VolumeRoutes volumes;
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
    this.metrics = new Metrics(admission, version);
    this.health = health;
    this.services = services;
    this.sessions = new SessionRoutes(services.ofSessions(), callers);
    this.tokens = new TokenRoutes(services.tokens());
    this.volumes = new VolumeRoutes(services, callers);
    this.version = version;
  }

  /// Returns the handler of a request that is always answered, to anybody, because
  /// monitoring relies on it.
  Optional<Resource.Answering> alwaysAnswered(String method, String path) {
    return switch (method + " " + path) {
      case "GET /healthz", "GET /readyz" -> Optional.of(this::healthy);
      case "GET /livez" -> Optional.of(_ -> HttpAnswer.ok(new JsonBuilder().put("status", "ok")));
      case "GET /metrics" -> Optional.of(this::metrics);
      case String _ -> Optional.empty();
    };
  }

  /// Returns the resource that answers a request.
  ///
  /// @throws Refused if the path is unknown or does not have the method
  Resource resource(String method, String path) throws Refused {
    var ofSessions = sessions.resource(method, path);
    return ofSessions.isPresent() ? ofSessions.get() : other(method, path);
  }

  private Resource other(String method, String path) throws Refused {
    return switch (path) {
      case "/v1/attestation/nonce" -> on("POST", method, Resource.forKeys(this::nonce).asLight());
      case "/v1/attestation/credential" ->
          on("POST", method, Resource.posted(CredentialRequest.LIMIT, this::challenge));
      case "/v1/attestation" ->
          on("POST", method, Resource.posted(AttestationRequest.LIMIT, this::attest));
      case "/v1/witness" ->
          switch (method) {
            case "GET" -> Resource.forKeys(this::head);
            case "PUT" -> Resource.posted(WitnessedHead.LIMIT, this::putHead);
            default -> throw notAllowed("GET and PUT");
          };
      case "/v1/version" -> on("GET", method, Resource.forAnybody(this::version).asLight());
      case "/v1/openapi.json" ->
          on("GET", method, Resource.forAnybody(_ -> new HttpAnswer(200, OPEN_API)).asLight());
      case "/healthz", "/livez", "/readyz", "/metrics" -> throw notAllowed("GET");
      case String p when p.startsWith(VALUES) ->
          on("GET", method, Resource.forAnybody(this::values));
      case String p when p.startsWith(TOKENS) -> tokens.resource(method);
      case String p when p.startsWith(VolumeRoutes.PATH) -> volumes.resource(method, p);
      case "/v1/refusals" -> on("GET", method, Resource.forKeys(this::refusals));
      case String p when p.startsWith(REFUSALS) ->
          on("GET", method, Resource.forKeys(this::reasons));
      case String _ -> throw unknownPath();
    };
  }

  static Refused unknownPath() {
    return new Refused(RefusalId.UNKNOWN_PATH, "there is no such resource");
  }

  private HttpAnswer reasons(Exchange exchange) throws Refused, IOException {
    var request = exchange.path().substring(REFUSALS.length());
    if (!REQUEST.matcher(request).matches()) {
      throw unknownPath();
    }
    return new HttpAnswer(200, services.reasons().why(request, exchange.caller()).encode());
  }

  private HttpAnswer refusals(Exchange exchange) throws Refused, IOException {
    var latest = services.reasons().latest(session(exchange), exchange.caller());
    return new HttpAnswer(200, latest.encode());
  }

  /// Returns the session that the query names.
  static SessionName session(Exchange exchange) throws Refused {
    var session =
        exchange
            .query()
            .filter(text -> text.startsWith(OF_SESSION))
            .map(text -> text.substring(OF_SESSION.length()))
            .orElseThrow(
                () ->
                    new Refused(RefusalId.MALFORMED_REQUEST, "the query must be `session=<name>`"));
    return name(session);
  }

  static Resource on(String expected, String method, Resource resource) throws Refused {
    if (!method.equals(expected)) {
      throw notAllowed(expected);
    }
    return resource;
  }

  static Refused notAllowed(String expected) {
    return new Refused(
        RefusalId.METHOD_NOT_ALLOWED, "this resource supports %s only".formatted(expected));
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
        new JsonBuilder()
            .put("nonce", services.ofInstances().attestation().nonce(exchange.caller())));
  }

  private HttpAnswer challenge(Exchange exchange) throws Refused {
    return new HttpAnswer(
        200, services.ofInstances().attestation().challenge(exchange.body(), exchange.caller()));
  }

  private HttpAnswer attest(Exchange exchange) throws Refused, IOException {
    var configuration =
        services.ofInstances().attestation().attest(exchange.body(), exchange.caller());
    callers.attested(exchange.caller());
    return new HttpAnswer(200, configuration);
  }

  private HttpAnswer head(Exchange exchange) throws Refused, IOException {
    return new HttpAnswer(200, services.witness().head(exchange.caller()));
  }

  private HttpAnswer putHead(Exchange exchange) throws Refused, IOException {
    return new HttpAnswer(200, services.witness().put(exchange.body(), exchange.caller()));
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
    var collateral = services.ofInstances().collateral().map(CollateralKeeper::metrics);
    return HttpAnswer.metrics(metrics.text(collateral.orElse("")));
  }

  static SessionName name(String text) throws Refused {
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
