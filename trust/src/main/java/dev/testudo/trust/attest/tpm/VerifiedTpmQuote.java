package dev.testudo.trust.attest.tpm;

import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.Evidence.TpmQuote;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A quote of a TPM whose signature, registers and binding are good.
///
/// @param pcrs the values of the registers by number, in hexadecimal
/// @param clock when the TPM signed, and the version of its firmware
public record VerifiedTpmQuote(SortedMap<Integer, String> pcrs, TpmAttest.ClockInfo clock) {
  private static final int HASH_BYTES = 32;

  /// Copies the map.
  public VerifiedTpmQuote {
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
  }

  /// The key that must have signed a quote.
  ///
  /// @param key verifies signatures with SHA-256
  /// @param check the check that its signature passes
  /// @param name what names the key, for people
  public record Signer(Key key, Check check, String name) {
    /// A public key.
    public interface Key {
      /// Verifies a signature.
      ///
      /// @throws GeneralSecurityException if it is not by this key
      void verify(byte[] message, byte[] signature) throws GeneralSecurityException;
    }

    /// Returns an RSA key, which signs with RSASSA (PKCS #1 v1.5).
    public static Key rsa(PublicKey key) {
      return (message, signature) -> {
        var verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(key);
        verifier.update(message);
        if (!verifier.verify(signature)) {
          throw new SignatureException("it is not by this key");
        }
      };
    }
  }

  /// Verifies a quote.
  ///
  /// @param expected what it must be bound to; if absent, the binding is not checked
  public static VerifiedTpmQuote verify(
      TpmQuote quote, Signer signer, Optional<ReportData> expected, Checks checks)
      throws EvidenceException {
    var attest = TpmAttest.parse(quote.attest());
    checks.passed(Check.TPM_FORMAT, "quote of %d registers".formatted(attest.registers().size()));
    checkSignature(quote, signer);
    checks.passed(signer.check(), "signed by " + signer.name());
    var pcrs = registers(attest, quote.pcrs());
    checks.passed(Check.TPM_PCRS, attest.pcrDigest().hex());
    if (expected.isPresent()) {
      if (!attest.extraData().equals(expected.get().tpmQualifyingData())) {
        throw new EvidenceException(
            RejectionId.NOT_BOUND,
            "the TPM's quote is not bound to the key of this connection and the nonce");
      }
      checks.passed(Check.TPM_NONCE, "equal");
    }
    return new VerifiedTpmQuote(pcrs, attest.clock());
  }

  private static void checkSignature(TpmQuote quote, Signer signer) throws EvidenceException {
    try {
      signer.key().verify(quote.attest().toBytes(), quote.signature().toBytes());
    } catch (GeneralSecurityException e) {
      throw new EvidenceException(
          RejectionId.WRONG_SIGNATURE,
          "the TPM's quote is not signed by %s".formatted(signer.name()));
    }
  }

  private static SortedMap<Integer, String> registers(TpmAttest attest, Octets values)
      throws EvidenceException {
    if (values.length() != HASH_BYTES * attest.registers().size()) {
      throw new EvidenceException(
          RejectionId.MALFORMED_EVIDENCE,
          "the TPM quotes %d registers, but %d bytes of values came with it, not 32 for each"
              .formatted(attest.registers().size(), values.length()));
    }
    if (!Octets.of(Measurement.sha256().digest(values.toBytes())).equals(attest.pcrDigest())) {
      throw new EvidenceException(
          RejectionId.WRONG_SIGNATURE,
          "the values of the TPM's registers are not those that it signed");
    }
    var pcrs = new TreeMap<Integer, String>();
    for (var register : attest.registers()) {
      pcrs.put(register, values.slice(pcrs.size() * HASH_BYTES, HASH_BYTES).hex());
    }
    return pcrs;
  }
}
