package dev.testudo.cas.http;

import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.DiskFullException;
import dev.testudo.trust.channel.Problem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Turns the web server's requests into exchanges and refusals into answers.
final class RequestHandler extends Handler.Abstract {
  /// The header of every answer that names its request.
  static final String REQUEST_ID = "X-Request-Id";

  private static final System.Logger LOG = System.getLogger(RequestHandler.class.getName());
  private static final int MOST_AT_ONCE = 256;
  private final Routes routes;
  private final Semaphore atOnce = new Semaphore(MOST_AT_ONCE);

  RequestHandler(Routes routes) {
    this.routes = routes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (!atOnce.tryAcquire()) {
      refuse(response, callback, RefusalId.BUSY.status(), RefusalId.BUSY);
      return true;
    }
    try {
      var caller = Caller.of(certificate(request), address(request));
      send(response, callback, caller.request(), answer(request, caller));
    } finally {
      atOnce.release();
    }
    return true;
  }

  private Answer answer(Request request, Caller caller) {
    try {
      return routes.answer(exchange(request, caller));
    } catch (Refused e) {
      LOG.log(
          Level.INFO,
          "refused={0} method={1} {2} reason=\"{3}\"",
          e.id().text(),
          request.getMethod(),
          caller,
          e.message());
      return problem(e.id(), e.message(), e.problems(), caller);
    } catch (DiskFullException e) {
      // The cause is in the log once; see cas.health.
      return problem(RefusalId.DISK_FULL, "CAS has no space left on its disk", List.of(), caller);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "failed " + caller, e);
      return problem(RefusalId.INTERNAL_ERROR, "CAS failed; its log says how", List.of(), caller);
    }
  }

  private static Exchange exchange(Request request, Caller caller) {
    var uri = request.getHttpURI();
    return new Exchange(
        caller,
        request.getMethod(),
        Optional.ofNullable(uri.getPath()).orElse(""),
        Optional.ofNullable(uri.getQuery()),
        Content.Source.asInputStream(request));
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

  private static Answer problem(
      RefusalId id, String message, List<String> problems, Caller caller) {
    return new Answer(
        id.status(), new Problem(id.text(), message, problems, caller.request()).encode());
  }

  /// Answers what never became an exchange.
  static void refuse(Response response, Callback callback, int status, RefusalId id) {
    var request = Caller.requestId();
    var problem = new Problem(id.text(), "the request was not accepted", List.of(), request);
    send(response, callback, request, new Answer(status, problem.encode()));
  }

  private static void send(Response response, Callback callback, String request, Answer answer) {
    response.setStatus(answer.status());
    response.getHeaders().put(REQUEST_ID, request);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(answer.json()), callback);
  }
}
