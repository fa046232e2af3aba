package dev.testudo.cas.http;

import dev.testudo.cas.admission.Callers;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.volume.Advances;
import dev.testudo.cas.volume.Leases;
import dev.testudo.cas.volume.VolumeStates;
import dev.testudo.trust.channel.AcceptedTag;
import dev.testudo.trust.channel.LeaseRequest;
import java.io.IOException;

/// The resources `/v1/volumes` and below.
final class VolumeRoutes {
  static final String PATH = "/v1/volumes";

  private final VolumeStates states;
  private final Leases leases;
  private final Advances advances;
  private final Callers callers;

  /// @param callers records which callers are known
  VolumeRoutes(CasServices services, Callers callers) {
    this.states = services.ofSessions().volumes();
    this.leases = services.ofInstances().leases();
    this.advances = services.ofInstances().advances();
    this.callers = callers;
  }

  /// Returns the resource that answers a request.
  ///
  /// @throws Refused if the path is unknown or does not have the method
  Resource resource(String method, String path) throws Refused {
    return switch (path) {
      case "/v1/volumes" -> Routes.on("GET", method, Resource.forKeys(this::list));
      case "/v1/volumes/claim" -> posted(method, LeaseRequest.LIMIT, this::claim);
      case "/v1/volumes/advance" -> posted(method, LeaseRequest.LIMIT, this::advance);
      case "/v1/volumes/renew" -> posted(method, LeaseRequest.LIMIT, this::renew);
      case "/v1/volumes/release" -> posted(method, LeaseRequest.LIMIT, this::release);
      case "/v1/volumes/accept" -> posted(method, AcceptedTag.LIMIT, this::accept);
      case String _ -> throw Routes.unknownPath();
    };
  }

  private static Resource posted(String method, int limit, Resource.Answering answering)
      throws Refused {
    return Routes.on("POST", method, Resource.posted(limit, answering));
  }

  private HttpAnswer list(Exchange exchange) throws Refused, IOException {
    return new HttpAnswer(200, states.list(Routes.session(exchange), exchange.caller()));
  }

  private HttpAnswer claim(Exchange exchange) throws Refused, IOException {
    var answer = leases.claim(exchange.body(), exchange.caller());
    callers.attested(exchange.caller());
    return new HttpAnswer(200, answer);
  }

  private HttpAnswer advance(Exchange exchange) throws Refused, IOException {
    return new HttpAnswer(200, advances.advance(exchange.body(), exchange.caller()));
  }

  /// Extends leases. Who has a ticket has attested, so its requests have precedence as long as it
  /// renews.
  private HttpAnswer renew(Exchange exchange) throws Refused, IOException {
    var answer = leases.renew(exchange.body(), exchange.caller());
    callers.attested(exchange.caller());
    return new HttpAnswer(200, answer);
  }

  private HttpAnswer release(Exchange exchange) throws Refused, IOException {
    return new HttpAnswer(200, leases.release(exchange.body(), exchange.caller()));
  }

  private HttpAnswer accept(Exchange exchange) throws Refused, IOException {
    return new HttpAnswer(200, states.accept(exchange.body(), exchange.caller()));
  }
}
