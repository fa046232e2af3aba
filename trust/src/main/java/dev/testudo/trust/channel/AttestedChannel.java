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
import java.util.function.BiFunction;

/// Fetches the configuration of a program. It connects to the pinned CAS over TLS 1.3 with a
/// key made for this instance, and presents evidence bound to that key and to a nonce from CAS.
/// See `docs/formats/attested-channel.md`.
public final class AttestedChannel {
  private static final int SMALL = 4096;
  private static final int NONCE_BYTES = 32;
  private static final String JSON = "application/json";

  private AttestedChannel() {}

  /// Makes the evidence that a program shows.
  public interface EvidenceMaker {
    /// Returns evidence that is bound to `data`.
    ///
    /// @param challenger is asked by what must show that it is a certain TPM
    /// @throws IOException only if the challenger does
    Evidence make(ReportData data, Challenger challenger) throws IOException;
  }

  /// Generates the key of one instance of a service. An instance that asks again because
  /// the answer was lost must use the same key: CAS then recognises it and does not spend
  /// its join token twice.
  public static Identity instance() {
    return Identity.ephemeral("agent.testudo.internal");
  }

  /// Attests as the service `configId` and returns its configuration.
  ///
  /// @param me the key from [#instance()]
  /// @param evidence makes the evidence
  /// @throws AttestationException if CAS refuses
  /// @throws CasException if CAS is busy or has failed
  /// @throws IOException if CAS cannot be reached, does not have the pinned key, or sends
  ///     an invalid answer
  public static Configuration fetch(
      CasAddress address,
      KeyHash pin,
      Identity me,
      String configId,
      EvidenceMaker evidence,
      Optional<Secret> token)
      throws IOException {
    return ask(
        address,
        pin,
        me,
        evidence,
        (nonce, made) -> new AttestationRequest(configId, nonce, made, token));
  }

  /// As [#fetch], for an instance that has a configuration with an end.
  ///
  /// @param me the key with which it got that configuration
  /// @param service the service's id
  /// @param ticket the ticket of that configuration
  public static Configuration renew(
      CasAddress address,
      KeyHash pin,
      Identity me,
      String service,
      EvidenceMaker evidence,
      String ticket)
      throws IOException {
    return ask(
        address,
        pin,
        me,
        evidence,
        (nonce, made) ->
            new AttestationRequest(service, nonce, made, Optional.empty(), Optional.of(ticket)));
  }

  private static Configuration ask(
      CasAddress address,
      KeyHash pin,
      Identity me,
      EvidenceMaker evidence,
      BiFunction<String, Evidence, AttestationRequest> request)
      throws IOException {
    try (var http = new CasHttp(address, pin, me)) {
      var nonce = nonce(http.post("/v1/attestation/nonce", JSON, new byte[0]));
      var reportData = ReportData.of(me.certificate().getPublicKey(), nonce);
      var made = evidence.make(reportData, keys -> challenge(http, keys));
      var body = request.apply(HexFormat.of().formatHex(nonce), made).encode();
      return Configuration.decode(http.post("/v1/attestation", JSON, body));
    } catch (CasException e) {
      if (e.isRefusal()) {
        throw new AttestationException(e.problem());
      }
      throw e;
    }
  }

  private static CredentialChallenge challenge(CasHttp http, CredentialRequest keys)
      throws IOException {
    return CredentialChallenge.decode(http.post("/v1/attestation/credential", JSON, keys.encode()));
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
