package dev.testudo.trust.channel;

import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLParameters;

/// An HTTPS client with a pinned server key. Every wait and every answer has a limit.
final class CasHttp implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int ANSWER_LIMIT = Configuration.LIMIT;

  private final CasAddress address;
  private final Duration patience;
  private final int limit;
  private final HttpClient client;

  CasHttp(CasAddress address, KeyHash pin, Identity me) {
    this(address, pin, me, ANSWER, ANSWER_LIMIT);
  }

  /// Creates a client that waits for an answer for at most `patience`.
  ///
  /// @param limit of the body of an answer, in bytes
  CasHttp(CasAddress address, KeyHash pin, Identity me, Duration patience, int limit) {
    this.patience = patience;
    this.limit = limit;
    this.address = address;
    this.client =
        HttpClient.newBuilder()
            .sslContext(ChannelTls.client(pin, me))
            .sslParameters(new SSLParameters(null, new String[] {"TLSv1.3"}))
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience.compareTo(CONNECT) < 0 ? patience : CONNECT)
            .build();
  }

  byte[] get(String path) throws IOException {
    return send(request(path).GET().build());
  }

  byte[] post(String path, String type, byte[] body) throws IOException {
    return send(
        request(path)
            .header("content-type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  void put(String path, String type, byte[] body) throws IOException {
    send(
        request(path)
            .header("content-type", type)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  byte[] delete(String path) throws IOException {
    return send(request(path).DELETE().build());
  }

  private HttpRequest.Builder request(String path) throws IOException {
    try {
      return HttpRequest.newBuilder(URI.create("https://%s%s".formatted(address, path)))
          .timeout(patience);
    } catch (IllegalArgumentException e) {
      throw new IOException("the path is not valid in a URL: " + path, e);
    }
  }

  private byte[] send(HttpRequest request) throws IOException {
    var pending =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), limit));
    try {
      return accepted(pending.get(patience.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("CAS at %s: %s".formatted(address, reason(cause)), cause);
    } catch (TimeoutException e) {
      pending.cancel(true);
      throw new IOException("CAS at %s did not answer in time".formatted(address), e);
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for CAS", e);
    }
  }

  private byte[] accepted(HttpResponse<byte[]> response) throws IOException {
    var status = response.statusCode();
    if (status == 200 || status == 201) {
      return response.body();
    }
    throw new CasException(status, problem(status, response.body()));
  }

  private static Problem problem(int status, byte[] body) {
    try {
      return Problem.decode(body);
    } catch (MessageException e) {
      return new Problem("http-" + status, "CAS answered with status " + status, List.of(), "");
    }
  }

  private static String reason(Throwable cause) {
    for (var c = cause; c != null; c = c.getCause()) {
      if (c instanceof CertificateException) {
        return "its key is not the pinned one; nothing was sent";
      }
    }
    var message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
