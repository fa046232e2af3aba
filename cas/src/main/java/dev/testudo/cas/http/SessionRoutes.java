package dev.testudo.cas.http;

import dev.testudo.cas.admission.Callers;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.session.Sessions;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/// The requests about sessions.
final class SessionRoutes {
  private static final Pattern HASH = Pattern.compile("hash=([0-9a-f]{64})");
  private static final Pattern LIST = Pattern.compile("namespace=([^&]+)(?:&after=([^&]+))?");
  private static final String SESSIONS = "/v1/sessions/";

  private final CasServices.OfSessions services;
  private final Callers callers;

  SessionRoutes(CasServices.OfSessions services, Callers callers) {
    this.services = services;
    this.callers = callers;
  }

  /// Returns the resource that answers a request; empty if it is not about sessions.
  Optional<Resource> resource(String method, String path) throws Refused {
    return switch (path) {
      case "/v1/sessions" ->
          Optional.of(
              switch (method) {
                case "GET" -> Resource.forKeys(this::list);
                case "POST" -> Resource.posted(Sessions.TEXT_LIMIT, this::register);
                default -> throw Routes.notAllowed("GET and POST");
              });
      case "/session" -> posted(method, Sessions.TEXT_LIMIT, this::register);
      case "/v1/diff" -> posted(method, Sessions.TEXT_LIMIT, this::diff);
      case "/v1/bundles" -> posted(method, SessionBundle.LIMIT, this::registerBundle);
      case "/v1/bundles/encrypted" ->
          posted(method, EncryptedBundle.LIMIT, this::registerEncrypted);
      case "/v1/encryption-key" ->
          Optional.of(Routes.on("GET", method, Resource.forAnybody(this::encryptionKey).asLight()));
      case "/v1/bundles/status" -> posted(method, SessionBundle.LIMIT, this::bundleStatus);
      case String p when p.startsWith(SESSIONS) ->
          Optional.of(
              switch (method) {
                case "GET" -> Resource.forKeys(this::read);
                case "DELETE" -> Resource.forKeys(this::delete);
                default -> throw Routes.notAllowed("GET and DELETE");
              });
      case String _ -> Optional.empty();
    };
  }

  private static Optional<Resource> posted(
      String method, int bodyLimit, Resource.Answering answering) throws Refused {
    return Optional.of(Routes.on("POST", method, Resource.posted(bodyLimit, answering)));
  }

  private HttpAnswer list(Exchange exchange) throws Refused, IOException {
    var query = exchange.query();
    var namespace = SessionName.ROOT;
    Optional<SessionName> after = Optional.empty();
    if (query.isPresent()) {
      var matcher = LIST.matcher(query.get());
      if (!matcher.matches()) {
        throw new Refused(
            RefusalId.MALFORMED_REQUEST, "the query must be `namespace=<name>[&after=<name>]`");
      }
      namespace = Routes.name(matcher.group(1));
      if (matcher.group(2) != null) {
        after = Optional.of(Routes.name(matcher.group(2)));
      }
    }
    var part = services.listing().of(namespace, after, exchange.caller());
    return HttpAnswer.ok(new JsonBuilder().put("sessions", part.names()).put("more", part.more()));
  }

  private HttpAnswer diff(Exchange exchange) throws Refused, IOException {
    var difference = services.rehearsal().of(exchange.body(), exchange.caller());
    return new HttpAnswer(200, difference.encode());
  }

  private HttpAnswer register(Exchange exchange) throws Refused, IOException {
    var caller = exchange.caller();
    return registered(services.sessions().register(exchange.body(), caller), caller);
  }

  private HttpAnswer registerBundle(Exchange exchange) throws Refused, IOException {
    var caller = exchange.caller();
    return registered(services.bundles().register(exchange.body(), caller), caller);
  }

  private HttpAnswer registerEncrypted(Exchange exchange) throws Refused, IOException {
    var caller = exchange.caller();
    return registered(services.bundles().registerEncrypted(exchange.body(), caller), caller);
  }

  private HttpAnswer encryptionKey(Exchange exchange) {
    var key = services.bundles().encryptionKey().toString();
    return HttpAnswer.ok(new JsonBuilder().put("encryption_key", key));
  }

  private HttpAnswer bundleStatus(Exchange exchange) throws Refused, IOException {
    var status = services.bundles().status(exchange.body(), exchange.caller());
    return new HttpAnswer(200, status.encode());
  }

  private HttpAnswer registered(Sessions.Stored stored, Caller caller) throws Refused {
    // Anybody can bring a bundle again that others have signed. That makes nobody a creator.
    if (stored.isNew()) {
      callers.created(caller.requireKey());
    }
    var json = new JsonBuilder().put("hash", stored.hash());
    if (!stored.warnings().isEmpty()) {
      json.put("warnings", stored.warnings());
    }
    return new HttpAnswer(201, Json.write(json.build()));
  }

  private HttpAnswer read(Exchange exchange) throws Refused, IOException {
    var name = Routes.name(exchange.path().substring(SESSIONS.length()));
    var reply = services.sessions().read(name, hash(exchange.query()), exchange.caller());
    return new HttpAnswer(200, reply.encode());
  }

  private HttpAnswer delete(Exchange exchange) throws Refused, IOException {
    var name = Routes.name(exchange.path().substring(SESSIONS.length()));
    var seen = hash(exchange.query()).orElseThrow(SessionRoutes::malformedHash);
    services.deletions().delete(name, seen, exchange.caller());
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
}
