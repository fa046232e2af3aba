package dev.testudo.cas.http;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.trust.channel.Problem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Turns the web server's requests into exchanges and refusals into answers.
final class RequestHandler extends Handler.Abstract {
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
      var answer = answer(request);
      send(response, callback, answer.status(), answer.json());
    } finally {
      atOnce.release();
    }
    return true;
  }

  private Answer answer(Request request) {
    var id = requestId();
    try {
      return routes.answer(exchange(request));
    } catch (Refused e) {
      LOG.log(
          Level.INFO,
          "request={0} refused={1} method={2} reason=\"{3}\"",
          id,
          e.id().text(),
          request.getMethod(),
          e.message());
      return problem(e.id(), e.message(), e.problems(), id);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "request=" + id + " failed", e);
      return problem(RefusalId.INTERNAL_ERROR, "CAS failed; its log says how", List.of(), id);
    }
  }

  private static Exchange exchange(Request request) {
    var uri = request.getHttpURI();
    return new Exchange(
        request.getMethod(),
        Optional.ofNullable(uri.getPath()).orElse(""),
        Optional.ofNullable(uri.getQuery()),
        client(request),
        Content.Source.asInputStream(request));
  }

  private static Optional<X509Certificate> client(Request request) {
    return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
                instanceof EndPoint.SslSessionData tls
            && tls.peerCertificates() != null
            && tls.peerCertificates().length > 0
        ? Optional.of(tls.peerCertificates()[0])
        : Optional.empty();
  }

  private static Answer problem(
      RefusalId id, String message, List<String> problems, String request) {
    return new Answer(id.status(), new Problem(id.text(), message, problems, request).encode());
  }

  /// Answers what never became an exchange.
  static void refuse(Response response, Callback callback, int status, RefusalId id) {
    var problem = new Problem(id.text(), "the request was not accepted", List.of(), requestId());
    send(response, callback, status, problem.encode());
  }

  private static void send(Response response, Callback callback, int status, byte[] json) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(json), callback);
  }

  private static String requestId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }
}
