package dev.testudo.cas;

import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.AttestationRequest;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import java.util.Optional;

/// Sends requests by hand, to do what [dev.testudo.trust.channel.AttestedChannel] never does, and
/// to see whole answers.
final class AgentByHand implements AutoCloseable {
  private final Identity me = Identity.ephemeral("by-hand");
  private final TestCas cas;
  private final HttpClient client;

  AgentByHand(TestCas cas) {
    this.cas = cas;
    this.client =
        HttpClient.newBuilder().sslContext(ChannelTls.client(cas.server().keyHash(), me)).build();
  }

  HttpResponse<byte[]> post(String path, byte[] body) throws IOException {
    try {
      var request =
          HttpRequest.newBuilder(URI.create("https://" + cas.address() + path))
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  String nonce() throws IOException {
    return JsonMembers.read(post("/v1/attestation/nonce", new byte[0]).body(), 1000, "nonce")
        .text("nonce");
  }

  /// Presents the evidence of the good image and the usual token.
  HttpResponse<byte[]> attest(String service, String nonce) throws IOException {
    var report = ReportData.of(me.certificate().getPublicKey(), HexFormat.of().parseHex(nonce));
    return post(
        "/v1/attestation",
        new AttestationRequest(
                service,
                nonce,
                TestCas.evidence(TestCas.GOOD_IMAGE, report),
                Optional.of(Secret.ofText(TestCas.TOKEN)))
            .encode());
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
