package dev.testudo.cas.http;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.token.JoinTokens;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/// The resources `/v1/tokens/session=<name>,service=<name>[,id=<id>]`.
final class TokenRoutes {
  private static final Pattern FORM =
      Pattern.compile("/v1/tokens/session=([^,]*),service=([^,]*)(?:,id=([0-9a-f]{16}))?");

  private final JoinTokens tokens;

  TokenRoutes(JoinTokens tokens) {
    this.tokens = tokens;
  }

  /// Returns the resource that answers requests of the given method.
  Resource resource(String method) throws Refused {
    return switch (method) {
      case "GET" -> Resource.forKeys(this::list);
      case "POST" -> Resource.posted(JoinTokenOrder.LIMIT, this::create);
      case "DELETE" -> Resource.forKeys(this::revoke);
      default ->
          throw new Refused(
              RefusalId.METHOD_NOT_ALLOWED, "this resource supports GET, POST and DELETE only");
    };
  }

  private record Wanted(ServiceId service, Optional<String> id) {
    static Wanted of(String path) throws Refused {
      var matcher = FORM.matcher(path);
      var service =
          matcher.matches()
              ? ServiceId.parse(matcher.group(1) + "/" + matcher.group(2))
              : Optional.<ServiceId>empty();
      return new Wanted(
          service.orElseThrow(TokenRoutes::malformed), Optional.ofNullable(matcher.group(3)));
    }
  }

  private static ServiceId all(Exchange exchange) throws Refused {
    var wanted = Wanted.of(exchange.path());
    if (wanted.id().isPresent()) {
      throw malformed();
    }
    return wanted.service();
  }

  private static Refused malformed() {
    return new Refused(
        RefusalId.MALFORMED_REQUEST,
        "name tokens as `session=<name>,service=<name>`; append `,id=<id>` to revoke one");
  }

  private HttpAnswer list(Exchange exchange) throws Refused, IOException {
    return new HttpAnswer(200, tokens.list(all(exchange), exchange.caller()));
  }

  private HttpAnswer create(Exchange exchange) throws Refused, IOException {
    var made = tokens.create(all(exchange), exchange.body(), exchange.caller());
    return new HttpAnswer(201, made);
  }

  private HttpAnswer revoke(Exchange exchange) throws Refused, IOException {
    var wanted = Wanted.of(exchange.path());
    var id = wanted.id().orElseThrow(TokenRoutes::malformed);
    tokens.revoke(wanted.service(), id, exchange.caller());
    return HttpAnswer.ok(new JsonBuilder().put("revoked", id));
  }
}
