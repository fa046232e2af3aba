package dev.testudo.trust.attest.azure;

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
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A quote of a TPM whose signature, registers and binding are good.
///
/// @param pcrs the values of the registers by number, in hexadecimal
record VerifiedTpmQuote(SortedMap<Integer, String> pcrs) {
  private static final int HASH_BYTES = 32;

  /// Copies the map.
  VerifiedTpmQuote {
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
  }

  /// Verifies a quote.
  ///
  /// @param key the key that must have signed it
  /// @param expected what it must be bound to; if absent, the binding is not checked
  static VerifiedTpmQuote verify(
      TpmQuote quote, PublicKey key, Optional<ReportData> expected, Checks checks)
      throws EvidenceException {
    var attest = TpmAttest.parse(quote.attest());
    checks.passed(Check.TPM_FORMAT, "quote of %d registers".formatted(attest.registers().size()));
    checkSignature(quote, key);
    checks.passed(Check.TPM_SIGNATURE, "signed by HCLAkPub");
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
    return new VerifiedTpmQuote(pcrs);
  }

  private static void checkSignature(TpmQuote quote, PublicKey key) throws EvidenceException {
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(key);
      signature.update(quote.attest().toBytes());
      if (signature.verify(quote.signature().toBytes())) {
        return;
      }
    } catch (GeneralSecurityException e) {
      // the same fault, such as a signature of another length
    }
    throw new EvidenceException(
        RejectionId.WRONG_SIGNATURE,
        "the TPM's quote is not signed by the key that the paravisor's runtime data names");
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
