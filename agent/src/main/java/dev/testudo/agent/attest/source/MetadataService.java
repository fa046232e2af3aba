package dev.testudo.agent.attest.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Azure's metadata service (IMDS), at a link-local address that only this virtual machine reaches.
/// Its answers are not trusted: certificates and quotes are verified by CAS.
///
/// @param base `http://169.254.169.254`
record MetadataService(URI base) {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int LIMIT = 64 << 10;

  private static final int OK = 200;
  private static final int GONE = 410;
  private static final int TOO_MANY = 429;
  private static final int SERVER_FAILED = 500;

  /// Returns the VCEK of this machine and its chain, in PEM.
  ///
  /// @throws BusySourceException if the service throttles or fails
  Octets certificates() throws IOException, InterruptedException {
    var request = request("/metadata/THIM/amd/certification").header("Metadata", "true").GET();
    var answer = JsonMembers.read(send(request.build()), LIMIT, "answer");
    return Octets.of(
        (answer.text("vcekCert") + answer.text("certificateChain")).getBytes(US_ASCII));
  }

  /// Returns a quote over a TDREPORT.
  ///
  /// @throws BusySourceException if the service throttles or fails
  Octets quote(Octets report) throws IOException, InterruptedException {
    var encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(report.toBytes());
    var body = Json.write(new JsonBuilder().put("report", encoded).build());
    var request =
        request("/acc/tdquote")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body));
    var answer = JsonMembers.read(send(request.build()), LIMIT, "answer");
    try {
      return Octets.of(Base64.getUrlDecoder().decode(answer.text("quote")));
    } catch (IllegalArgumentException e) {
      throw new IOException("the quote of the metadata service is not base64url", e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(ANSWER);
  }

  private byte[] send(HttpRequest request) throws IOException, InterruptedException {
    try (var client = client()) {
      var pending =
          client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LIMIT));
      try {
        var response = pending.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        return accepted(request.uri(), response.statusCode(), response.body());
      } catch (ExecutionException e) {
        throw new IOException("%s: %s".formatted(request.uri(), e.getCause()), e);
      } catch (TimeoutException e) {
        throw new BusySourceException("%s did not answer in time".formatted(request.uri()), e);
      } finally {
        pending.cancel(true);
        client.shutdownNow();
      }
    }
  }

  /// The service must be asked directly, never through a proxy.
  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY)
        .connectTimeout(CONNECT)
        .build();
  }

  private static byte[] accepted(URI uri, int status, byte[] body) throws IOException {
    if (status == OK) {
      return body;
    }
    var text = "%s answered with status %d".formatted(uri, status);
    if (status == TOO_MANY || status == GONE || status >= SERVER_FAILED) {
      throw new BusySourceException(text);
    }
    throw new IOException(text);
  }
}
