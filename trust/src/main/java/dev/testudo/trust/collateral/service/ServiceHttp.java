package dev.testudo.trust.collateral.service;

import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.http.Proxies;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// An HTTP client for one service. Every wait and every answer has a limit. Thread-safe.
final class ServiceHttp implements AutoCloseable {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> TOO_MANY = Set.of(429, 503);
  private static final Set<Integer> ABSENT = Set.of(404, 410);
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 2;

  private final ServiceLimits limits;
  private final Proxies proxies;
  private final Pace pace;
  private final boolean insecureTls;
  private volatile Optional<HttpClient> client = Optional.empty();

  /// Creates a client.
  ///
  /// @param pause the time between two requests
  /// @param insecureTls true to accept any TLS certificate
  ServiceHttp(ServiceLimits limits, Proxies proxies, Duration pause, boolean insecureTls) {
    this.limits = limits;
    this.proxies = proxies;
    this.pace = new Pace(pause);
    this.insecureTls = insecureTls;
  }

  /// Asks for `url`. If the service demands fewer requests, and soon takes more, it is asked again
  /// once.
  ///
  /// @param what the document, for messages
  /// @throws CollateralException if there is no good answer
  HttpResponse<byte[]> get(URI url, String what) throws IOException {
    for (var attempt = 1; ; attempt++) {
      var answer = follow(url, what);
      if (answer.statusCode() == 200) {
        return answer;
      }
      var wait =
          TOO_MANY.contains(answer.statusCode()) ? retryAfter(answer) : Optional.<Duration>empty();
      wait.ifPresent(pace::delay);
      if (attempt == ATTEMPTS
          || wait.isEmpty()
          || wait.get().compareTo(limits.longestPause()) > 0) {
        throw failure(answer, what, wait);
      }
    }
  }

  private static Optional<Duration> retryAfter(HttpResponse<byte[]> answer) {
    return answer
        .headers()
        .firstValue("retry-after")
        .flatMap(value -> RetryAfter.parse(value, Instant.now()));
  }

  private static CollateralException failure(
      HttpResponse<byte[]> answer, String what, Optional<Duration> wait) {
    var host = answer.uri().getHost();
    var status = answer.statusCode();
    if (ABSENT.contains(status)) {
      return new CollateralException(
          Fault.UNKNOWN, "%s has no `%s` (status %d)".formatted(host, what, status));
    }
    if (TOO_MANY.contains(status)) {
      return new CollateralException(
          Fault.RATE,
          "%s does not answer about `%s` now (status %d)%s"
              .formatted(
                  host,
                  what,
                  status,
                  wait.map(time -> "; ask again in %d s".formatted(time.toSeconds())).orElse("")),
          wait);
    }
    return new CollateralException(
        Fault.SERVICE, "%s answered with status %d about `%s`".formatted(host, status, what));
  }

  /// Sends a request and follows redirects on the same host.
  private HttpResponse<byte[]> follow(URI start, String what) throws IOException {
    var url = start;
    for (var redirects = 0; ; redirects++) {
      var answer = send(url, what);
      if (!REDIRECTS.contains(answer.statusCode())) {
        return answer;
      }
      var next = answer.headers().firstValue("location").flatMap(sameHost(url));
      if (next.isEmpty() || redirects == limits.redirects()) {
        throw new CollateralException(
            Fault.SERVICE,
            "%s redirects the request for `%s` to another host or too often"
                .formatted(url.getHost(), what));
      }
      url = next.get();
    }
  }

  private static Function<String, Optional<URI>> sameHost(URI from) {
    return text -> {
      try {
        var to = from.resolve(text);
        var same =
            from.getScheme().equals(to.getScheme())
                && from.getHost().equalsIgnoreCase(to.getHost())
                && port(from) == port(to);
        return same ? Optional.of(to) : Optional.empty();
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    };
  }

  private HttpResponse<byte[]> send(URI url, String what) throws IOException {
    var request = HttpRequest.newBuilder(url).timeout(limits.time()).GET().build();
    try {
      awaitTurn(url, what);
      var pending =
          client(url)
              .sendAsync(
                  request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), limits.bytes()));
      try {
        return pending.get(limits.time().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        pending.cancel(true);
        throw new CollateralException(
            Fault.SERVICE,
            "%s did not deliver `%s` in %d s"
                .formatted(url.getHost(), what, limits.time().toSeconds()));
      } catch (InterruptedException e) {
        pending.cancel(true);
        throw e;
      }
    } catch (ExecutionException e) {
      throw new CollateralException(
          Fault.SERVICE, "`%s` cannot be had from %s: %s".formatted(what, url.getHost(), words(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /// Waits for the turn of a request. A service may want to be left alone for long; then it is not
  /// asked, and nobody waits.
  private void awaitTurn(URI url, String what) throws CollateralException, InterruptedException {
    var left = pace.await(limits.longestPause());
    if (left.isPresent()) {
      throw new CollateralException(
          Fault.RATE,
          "%s is not asked for `%s`: it wants no request for another %d s"
              .formatted(url.getHost(), what, left.get().toSeconds()),
          left);
    }
  }

  private static String words(Throwable thrown) {
    var last = thrown;
    for (var cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "the name has no address; is there a network, or a proxy to be set?";
      }
      last = cause;
    }
    var message = last.getMessage();
    return message == null ? "no connection" : message;
  }

  /// The proxy depends on the host, and one service has one or two hosts that need none other.
  private HttpClient client(URI url) throws IOException {
    var known = client;
    if (known.isPresent()) {
      return known.get();
    }
    synchronized (this) {
      if (client.isEmpty()) {
        client = Optional.of(create(url));
      }
      return client.get();
    }
  }

  private HttpClient create(URI url) throws IOException {
    var proxy = proxies.proxy("https".equals(url.getScheme()), url.getHost(), port(url));
    var builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limits.time().compareTo(CONNECT) < 0 ? limits.time() : CONNECT)
            .proxy(proxy.map(ProxySelector::of).orElse(HttpClient.Builder.NO_PROXY));
    if (insecureTls) {
      builder.sslContext(AnyCertificate.context());
    }
    return builder.build();
  }

  private static int port(URI url) {
    return url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
  }

  /// Cancels what is in flight.
  @Override
  public void close() {
    client.ifPresent(HttpClient::shutdownNow);
  }
}
