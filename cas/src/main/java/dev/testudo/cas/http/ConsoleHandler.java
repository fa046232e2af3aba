package dev.testudo.cas.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cas.console.ConsoleAccess;
import dev.testudo.cas.console.ConsolePage;
import dev.testudo.cas.console.ConsoleView;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Answers the requests of the console's page, and refuses everything else.
final class ConsoleHandler extends Handler.Abstract {
  private static final System.Logger LOG = System.getLogger(ConsoleHandler.class.getName());
  private static final String COOKIE_NAME = "testudo-console";
  private static final String COOKIE = COOKIE_NAME + "=";
  private static final String TOKEN = "token=";
  private static final byte[] GO_ON =
      "<!doctype html><meta http-equiv=refresh content=\"0;url=/\"><title>CAS</title>\n"
          .getBytes(UTF_8);
  private static final String TEXT = "text/plain;charset=utf-8";

  /// What browsers must not do with an answer.
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
              + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Cache-Control",
          "no-store",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin");

  private final ConsoleView view;

  /// Who is admitted; empty if TLS has proved it.
  private final Optional<ConsoleAccess> access;

  /// Others on this machine cannot use up what the admitted browsers may ask.
  private final RequestRate visitors = new RequestRate(System::nanoTime);
  private final RequestRate strangers = new RequestRate(System::nanoTime);
  private volatile Set<String> hosts = Set.of();

  private ConsoleHandler(ConsoleView view, Optional<ConsoleAccess> access) {
    this.view = view;
    this.access = access;
  }

  /// Returns a handler that answers browsers that `access` has admitted.
  static ConsoleHandler admitting(ConsoleView view, ConsoleAccess access) {
    return new ConsoleHandler(view, Optional.of(access));
  }

  /// Returns a handler that answers everybody, because TLS admits only those who may ask.
  static ConsoleHandler behindTls(ConsoleView view) {
    return new ConsoleHandler(view, Optional.empty());
  }

  /// Begins to answer requests that name one of `hosts`. A page of another name that an attacker
  /// makes resolve to this address cannot ask anything (DNS rebinding). Behind TLS, the console may
  /// have other names, and a browser trusts the certificate only for those that its user accepts.
  void serve(Set<String> hosts) {
    this.hosts = hosts;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    HttpAnswer answer;
    try {
      answer = answer(request, response);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the console cannot answer: {0}", e.getMessage());
      answer = text(503, "CAS cannot read its state; its log says why");
    }
    send(response, callback, answer);
    return true;
  }

  private HttpAnswer answer(Request request, Response response) throws IOException {
    var headers = request.getHeaders();
    var host = Optional.ofNullable(headers.get(HttpHeader.HOST)).orElse("");
    var admitted = isAdmitted(request);
    if (!(admitted ? visitors : strangers).admits()) {
      return text(429, "too many requests; try again in a second");
    }
    if (access.isPresent() && !hosts.contains(host.toLowerCase(Locale.ROOT))) {
      return text(421, "this is not the address of the console");
    }
    if (!request.getMethod().equals("GET")) {
      return text(405, "the console supports GET only");
    }
    var path = Optional.ofNullable(request.getHttpURI().getPath()).orElse("");
    var query = Optional.ofNullable(request.getHttpURI().getQuery()).orElse("");
    if (access.isPresent() && path.equals("/") && query.startsWith(TOKEN)) {
      return entered(access.get(), response, query.substring(TOKEN.length()));
    }
    if (isFromElsewhere(request, host)) {
      return text(403, "the console answers its own page only");
    }
    if (!admitted) {
      return text(
          403, "open the address that `testudo cas serve` wrote to console.url in its state");
    }
    if (path.equals("/data")) {
      return new HttpAnswer(200, "application/json", view.document());
    }
    return ConsolePage.at(path)
        .map(page -> new HttpAnswer(200, page.type(), page.content()))
        .orElseGet(() -> text(404, "there is no such page"));
  }

  private boolean isAdmitted(Request request) {
    return access.isEmpty()
        || request.getHeaders().getValuesList(HttpHeader.COOKIE).stream()
            .flatMap(cookies -> Stream.of(cookies.split(";", -1)))
            .map(String::strip)
            .filter(one -> one.startsWith(COOKIE))
            .anyMatch(one -> access.get().admits(one.substring(COOKIE.length())));
  }

  /// Sets the cookie. The browser then loads the page by itself, because it sends such a cookie
  /// only with requests that a page of the same site caused.
  private static HttpAnswer entered(ConsoleAccess access, Response response, String token)
      throws IOException {
    var cookie = access.enter(token);
    if (cookie.isEmpty()) {
      return text(403, "this address was used already, or is not the newest in console.url");
    }
    Response.addCookie(
        response,
        HttpCookie.build(COOKIE_NAME, cookie.get())
            .path("/")
            .httpOnly(true)
            .sameSite(HttpCookie.SameSite.STRICT)
            .build());
    return new HttpAnswer(200, "text/html;charset=utf-8", GO_ON);
  }

  private static HttpAnswer text(int status, String text) {
    return new HttpAnswer(status, TEXT, (text + "\n").getBytes(UTF_8));
  }

  /// Returns true if the browser says that a page of another origin asks.
  private boolean isFromElsewhere(Request request, String host) {
    var origin = request.getHeaders().get(HttpHeader.ORIGIN);
    var site = request.getHeaders().get("Sec-Fetch-Site");
    var scheme = access.isPresent() ? "http://" : "https://";
    return (origin != null && !origin.equalsIgnoreCase(scheme + host))
        || (site != null && !site.equals("same-origin") && !site.equals("none"));
  }

  private static void send(Response response, Callback callback, HttpAnswer answer) {
    response.setStatus(answer.status());
    HEADERS.forEach(response.getHeaders()::put);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
  }

  /// Answers a request that the web server rejects.
  boolean refuse(Request request, Response response, Callback callback) {
    var status = Math.max(400, response.getStatus());
    send(
        response, callback, text(status, status < 500 ? "the request is malformed" : "CAS failed"));
    return true;
  }
}
