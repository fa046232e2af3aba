package dev.testudo.cas.http;

import dev.testudo.cas.admission.Admission;
import dev.testudo.cas.admission.HeldBytes;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.database.AnchorUnavailableException;
import dev.testudo.cas.store.database.DiskFullException;
import dev.testudo.cas.store.database.UnavailableException;
import dev.testudo.trust.channel.Problem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Converts the web server's requests into exchanges, and refusals into answers.
final class RequestHandler extends Handler.Abstract {
  /// The header that carries the request id in every answer.
  static final String REQUEST_ID = "X-Request-Id";

  private static final System.Logger LOG = System.getLogger(RequestHandler.class.getName());
  private static final int LARGE = 64 << 10;
  private static final byte[] NOTHING = {};

  private final Routes routes;
  private final Admission admission;
  private final Connections connections;
  private final RefusalLog refusals = new RefusalLog(System::nanoTime);

  RequestHandler(Routes routes, Admission admission, Connections connections) {
    this.routes = routes;
    this.admission = admission;
    this.connections = connections;
    routes.metrics().watch(connections::open);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    var caller = Caller.of(certificate(request), address(request));
    var endPoint =
        Connections.network(request.getConnectionMetaData().getConnection().getEndPoint());
    connections.busy(endPoint, true);
    var held = admission.hold(caller, endPoint::close);
    var done =
        Callback.from(
            callback,
            () -> {
              held.close();
              connections.busy(endPoint, false);
            });
    try {
      routes.metrics().request();
      var began = System.nanoTime();
      var answer = answer(request, caller, held);
      routes.metrics().took(path(request), System.nanoTime() - began);
      held.add(answer.body().length);
      connections.answering(endPoint, answer.body().length);
      send(response, done, caller.request(), answer);
    } catch (IOException | RuntimeException e) {
      done.failed(e);
    }
    return true;
  }

  /// Returns the answer to a request, which may be a refusal.
  ///
  /// @throws IOException if the client is gone
  private HttpAnswer answer(Request request, Caller caller, HeldBytes.Holding held)
      throws IOException {
    var began = System.nanoTime();
    var method = request.getMethod();
    try {
      var path = path(request);
      var query = Optional.ofNullable(request.getHttpURI().getQuery());
      var always = routes.alwaysAnswered(method, path);
      if (always.isPresent()) {
        return always.get().to(new Exchange(caller, path, query, NOTHING));
      }
      admission.pace(caller);
      var resource = routes.resource(method, path);
      if (resource.needsKey()) {
        caller.requireKey();
      }
      var body =
          resource.bodyLimit() == 0
              ? NOTHING
              : new Body(request, System::nanoTime).read(resource.bodyLimit(), Optional.of(held));
      var exchange = new Exchange(caller, path, query, body);
      return work(caller, body.length > LARGE, resource, exchange);
    } catch (Refused e) {
      routes.metrics().refusal(e.id());
      refusals.refused(e.id(), method, caller, e.message());
      SteadyRefusal.await(e.id(), began);
      return problem(e.id(), e.message(), e.problems(), caller);
    }
  }

  private static String path(Request request) {
    return Optional.ofNullable(request.getHttpURI().getPath()).orElse("");
  }

  private HttpAnswer work(Caller caller, boolean large, Resource resource, Exchange exchange)
      throws Refused {
    try {
      return resource.light()
          ? resource.answering().to(exchange)
          : admission.work(caller, large, () -> resource.answering().to(exchange));
    } catch (DiskFullException e) {
      return unhealthy(RefusalId.DISK_FULL, "CAS has no space left on its disk", caller);
    } catch (UnavailableException e) {
      return unhealthy(RefusalId.DATABASE_UNAVAILABLE, "CAS cannot reach its database", caller);
    } catch (AnchorUnavailableException e) {
      return unhealthy(
          RefusalId.ANCHOR_UNAVAILABLE,
          "CAS cannot store the head of its audit log outside its state; what you asked for may be"
              + " done all the same",
          caller);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "failed " + caller, e);
      routes.metrics().refusal(RefusalId.INTERNAL_ERROR);
      return problem(RefusalId.INTERNAL_ERROR, "CAS failed; its log says how", List.of(), caller);
    }
  }

  /// Answers while CAS cannot work. `cas.health` has logged the cause once.
  private HttpAnswer unhealthy(RefusalId id, String message, Caller caller) {
    routes.metrics().refusal(id);
    return problem(id, message, List.of(), caller);
  }

  private static Optional<X509Certificate> certificate(Request request) {
    return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
                instanceof EndPoint.SslSessionData tls
            && tls.peerCertificates() != null
            && tls.peerCertificates().length > 0
        ? Optional.of(tls.peerCertificates()[0])
        : Optional.empty();
  }

  private static InetAddress address(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress a
            && a.getAddress() != null
        ? a.getAddress()
        : new InetSocketAddress(0).getAddress();
  }

  private static HttpAnswer problem(
      RefusalId id, String message, List<String> problems, Caller caller) {
    return new HttpAnswer(
        id.status(), new Problem(id.text(), message, problems, caller.request()).encode());
  }

  /// Answers a request that the web server rejects before it becomes an exchange.
  boolean refuse(Request request, Response response, Callback callback) {
    var caller = Caller.of(Optional.empty(), address(request));
    // The web server answers HTTP/2 with 426 (upgrade required). There is nothing to upgrade to, so
    // report an unsupported version.
    var status = response.getStatus() == 426 ? 505 : Math.max(400, response.getStatus());
    var id =
        switch (status) {
          case 408 -> RefusalId.TOO_SLOW;
          case 413, 414, 431 -> RefusalId.TOO_LARGE;
          case 500 -> RefusalId.INTERNAL_ERROR;
          case 503 -> RefusalId.BUSY;
          default -> RefusalId.MALFORMED_REQUEST;
        };
    routes.metrics().refusal(id);
    refusals.refused(id, "unknown", caller, "the web server answers with status " + status);
    var problem =
        new Problem(id.text(), "the request was not accepted", List.of(), caller.request());
    send(response, callback, caller.request(), new HttpAnswer(status, problem.encode()));
    return true;
  }

  private static void send(
      Response response, Callback callback, String request, HttpAnswer answer) {
    response.setStatus(answer.status());
    response.getHeaders().put(REQUEST_ID, request);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
  }
}
