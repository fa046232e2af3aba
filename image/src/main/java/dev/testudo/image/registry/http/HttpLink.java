package dev.testudo.image.registry.http;

import dev.testudo.trust.http.Proxies;
import dev.testudo.trust.http.ProxyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// Sends requests. Each origin has a client of its own, because each may have certificates of its
/// own. Thread-safe; interrupting a thread cancels its request.
public final class HttpLink implements AutoCloseable {
  private static final int MAX_ORIGINS = 32;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final LinkLimits limits;
  private final PlainHttp plain;
  private final HostCertificates certificates;
  private final Proxies proxies;
  private final Map<HttpOrigin, HttpClient> clients = new HashMap<>();

  /// Creates a link without connections.
  public HttpLink(LinkSettings settings) {
    this.limits = settings.limits();
    this.plain = settings.plain();
    this.certificates = settings.certificates();
    this.proxies = settings.proxies();
  }

  /// Sends `call` and returns the answer, whatever its status, without following redirects.
  ///
  /// @throws LinkException if there is no answer
  /// @throws InterruptedIOException if the thread is interrupted
  public LinkAnswer send(HttpCall call) throws IOException {
    var origin = HttpOrigin.of(call.url());
    if (!origin.tls() && !plain.permits(origin)) {
      throw new LinkException(
          LinkFault.PLAIN_HTTP,
          "`%s` would be reached over plain HTTP, which is permitted only to this machine and to"
                  .formatted(origin.authority())
              + " registries that are named as insecure");
    }
    var source = call.body().map(CountedSource::new);
    var pending = client(origin).sendAsync(request(call, source), info -> new TimedBody(limits));
    var response = answer(pending, source, origin);
    return new LinkAnswer(response.statusCode(), response.headers(), call.url(), response.body());
  }

  /// Sends a `GET` or `HEAD` and follows redirects. Only the origin of `call` gets the credentials.
  ///
  /// @throws LinkException if there is no answer, or a redirect is refused
  public LinkAnswer follow(HttpCall call) throws IOException {
    var first = HttpOrigin.of(call.url());
    var next = call;
    for (var count = 0; count <= limits.redirects(); count++) {
      var answer = send(next);
      if (!REDIRECTS.contains(answer.status())) {
        return answer;
      }
      try (answer) {
        var target = redirect(answer);
        var same = HttpOrigin.of(target).equals(first);
        next = next.at(target).authorized(same ? call.authorization() : Optional.empty());
      }
    }
    throw new LinkException(
        LinkFault.REDIRECT,
        "the server redirects more than %d times".formatted(limits.redirects()));
  }

  /// Sends a request and waits up to `patience` for the answer, which does not matter.
  public void tell(HttpCall call, Duration patience) throws IOException {
    var origin = HttpOrigin.of(call.url());
    if (!origin.tls() && !plain.permits(origin)) {
      return;
    }
    var pending =
        client(origin)
            .sendAsync(request(call, Optional.empty()), HttpResponse.BodyHandlers.discarding());
    try {
      pending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      pending.cancel(true);
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
    }
  }

  private static URI redirect(LinkAnswer answer) throws LinkException {
    var location = answer.header("Location");
    if (location.isEmpty()) {
      throw new LinkException(LinkFault.REDIRECT, "the server redirects to nowhere");
    }
    return resolve(answer.url(), location.get());
  }

  /// Resolves what the header `Location` of an answer from `base` says.
  ///
  /// @throws LinkException if it is not a URL, or leads from HTTPS to HTTP
  public static URI resolve(URI base, String location) throws LinkException {
    URI target;
    try {
      target = base.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new LinkException(LinkFault.ADDRESS, "the header `Location` is not a URL");
    }
    var to = HttpOrigin.of(target);
    if (HttpOrigin.of(base).tls() && !to.tls()) {
      throw new LinkException(
          LinkFault.REDIRECT,
          "the server refers from HTTPS to plain HTTP at `%s`".formatted(to.authority()));
    }
    return target;
  }

  private HttpRequest request(HttpCall call, Optional<CountedSource> source) throws LinkException {
    var request =
        HttpRequest.newBuilder(call.url())
            .method(
                call.method(),
                source.map(CountedSource::publisher).orElse(BodyPublishers.noBody()));
    try {
      call.headers().forEach(request::header);
      call.authorization()
          .ifPresent(
              secret ->
                  secret.reveal(
                      bytes ->
                          request.header(
                              "Authorization", new String(bytes, StandardCharsets.UTF_8))));
      return request.build();
    } catch (IllegalArgumentException e) {
      // The message of the exception would quote the value.
      throw new LinkException(
          LinkFault.ADDRESS, "a header has characters that HTTP does not allow");
    }
  }

  private HttpResponse<InputStream> answer(
      CompletableFuture<HttpResponse<InputStream>> pending,
      Optional<CountedSource> source,
      HttpOrigin origin)
      throws IOException {
    try {
      return await(pending, source);
    } catch (ExecutionException e) {
      if (source.isPresent() && source.get().failure().isPresent()) {
        throw source.get().failure().get();
      }
      throw failure(origin, e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /// Waits for the answer, as long as the body is taken at a tolerable pace. Once it is taken
  /// completely, the server has the time that [LinkLimits#commit] gives.
  private HttpResponse<InputStream> await(
      CompletableFuture<HttpResponse<InputStream>> pending, Optional<CountedSource> source)
      throws ExecutionException, InterruptedException, LinkException {
    var before = 0L;
    while (source.isPresent() && !source.get().isComplete()) {
      try {
        return pending.get(limits.idle().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        var now = source.get().taken();
        if (now - before < limits.leastBytes() && !source.get().isComplete()) {
          throw slow(
              pending,
              "the server took fewer than %d bytes in %d s"
                  .formatted(limits.leastBytes(), limits.idle().toSeconds()));
        }
        before = now;
      }
    }
    var patience = source.isPresent() ? limits.commit() : limits.connect().plus(limits.idle());
    try {
      return pending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw slow(pending, "no answer in %d s".formatted(patience.toSeconds()));
    }
  }

  private static LinkException slow(CompletableFuture<?> pending, String message) {
    pending.cancel(true);
    return new LinkException(LinkFault.SLOW, message);
  }

  private static LinkException failure(HttpOrigin origin, Throwable cause) {
    return switch (cause) {
      case LinkException fault -> fault;
      case SSLException tls ->
          new LinkException(
              isAboutCertificate(tls) ? LinkFault.TLS : LinkFault.NOT_TLS,
              "no TLS connection to `%s`: %s".formatted(origin.authority(), words(tls)),
              tls);
      case ConnectException refused ->
          new LinkException(
              LinkFault.UNREACHABLE,
              "no connection to `%s`: %s".formatted(origin.authority(), words(refused)),
              refused);
      case HttpConnectTimeoutException late ->
          new LinkException(
              LinkFault.UNREACHABLE,
              "no connection to `%s` in time".formatted(origin.authority()),
              late);
      default -> new LinkException(LinkFault.CUT, "the connection ended too early", cause);
    };
  }

  private static boolean isAboutCertificate(SSLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof GeneralSecurityException) {
        return true;
      }
    }
    return false;
  }

  private static String words(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "the name has no address";
      }
      if (cause instanceof CertPathBuilderException) {
        return "no authority that this machine trusts has issued its certificate";
      }
    }
    var message = thrown.getMessage();
    return message == null ? "the connection was refused" : message;
  }

  private HttpClient client(HttpOrigin origin) throws IOException {
    synchronized (clients) {
      var known = clients.get(origin);
      if (known != null) {
        return known;
      }
      if (clients.size() == MAX_ORIGINS) {
        throw new LinkException(
            LinkFault.REDIRECT, "the servers refer to more than %d others".formatted(MAX_ORIGINS));
      }
      var builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(limits.connect());
      builder.proxy(selector(origin));
      // Without a context, the JDK would load all its authorities also for plain HTTP.
      builder.sslContext(
          origin.tls() ? certificates.contextFor(origin.authority()) : HostCertificates.NO_TLS);
      var created = builder.build();
      clients.put(origin, created);
      return created;
    }
  }

  /// Without a selector of ours the JDK would take that of the process.
  private ProxySelector selector(HttpOrigin origin) throws LinkException {
    try {
      var proxy = proxies.proxy(origin.tls(), origin.host(), origin.port());
      return proxy.isPresent() ? ProxySelector.of(proxy.get()) : HttpClient.Builder.NO_PROXY;
    } catch (ProxyException e) {
      throw new LinkException(LinkFault.ADDRESS, String.valueOf(e.getMessage()));
    }
  }

  /// Ends all connections at once.
  @Override
  public void close() {
    synchronized (clients) {
      clients.values().forEach(HttpClient::shutdownNow);
      clients.clear();
    }
  }
}
