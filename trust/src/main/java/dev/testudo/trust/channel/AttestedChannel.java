package dev.testudo.trust.channel;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/// How a program gets its configuration: TLS 1.3 to the pinned CAS under a key made for this one
/// exchange, evidence bound to that key and to a nonce of CAS. See
/// `docs/formats/attested-channel.md`.
public final class AttestedChannel {
  private static final int SMALL = 4096;
  private static final int NONCE_BYTES = 32;
  private static final String JSON = "application/json";

  private AttestedChannel() {}

  /// A key for one instance of a service. Who must ask again, because the answer was lost, asks
  /// under the same key: CAS then knows the instance, and its join token is not spent twice.
  public static Identity instance() {
    return Identity.ephemeral("agent.testudo.internal");
  }

  /// Attests as the service `configId` and returns its configuration.
  ///
  /// @param me from [#instance()]
  /// @param evidence makes evidence that carries the report data it is given
  /// @throws AttestationException if CAS refuses
  /// @throws CasException if CAS is busy or has failed
  /// @throws IOException if CAS is not reached, is not the pinned one, or answers nonsense
  public static Configuration fetch(
      CasAddress address,
      KeyHash pin,
      Identity me,
      String configId,
      Function<ReportData, Evidence> evidence,
      Optional<Secret> token)
      throws IOException {
    try (var http = new CasHttp(address, pin, me)) {
      var nonce = nonce(http.post("/v1/attestation/nonce", JSON, new byte[0]));
      var reportData = ReportData.of(me.certificate().getPublicKey(), nonce);
      var request =
          new AttestationRequest(
              configId, HexFormat.of().formatHex(nonce), evidence.apply(reportData), token);
      return Configuration.decode(http.post("/v1/attestation", JSON, request.encode()));
    } catch (CasException e) {
      if (e.isRefusal()) {
        throw new AttestationException(e.problem());
      }
      throw e;
    }
  }

  private static byte[] nonce(byte[] answer) throws MessageException {
    var fields = JsonMembers.read(answer, SMALL, "answer");
    var text = fields.text("nonce");
    fields.done();
    try {
      var nonce = HexFormat.of().parseHex(text);
      if (nonce.length == NONCE_BYTES) {
        return nonce;
      }
    } catch (IllegalArgumentException e) {
      throw fields.wrong("nonce", "hexadecimal");
    }
    throw fields.wrong("nonce", "32 bytes");
  }
}
