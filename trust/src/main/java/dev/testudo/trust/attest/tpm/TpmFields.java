package dev.testudo.trust.attest.tpm;

import dev.testudo.trust.attest.eventlog.EventLogFields;
import dev.testudo.trust.attest.eventlog.TcgLog;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.List;

/// Describes evidence of a TPM for people. Nothing is verified.
public final class TpmFields {
  private static final int HASH_BYTES = 32;

  private TpmFields() {}

  /// Returns the fields of evidence.
  ///
  /// @throws EvidenceException if it does not follow its format
  public static List<Field> describe(Evidence.Tpm tpm) throws EvidenceException {
    var endorsement = tpm.endorsement();
    var fields = new ArrayList<Field>();
    fields.add(Field.group("TPM quote", describe(tpm.quote())));
    fields.add(
        Field.of("attestation key", new TpmPublic(tpm.attestationKey()).name().hex(), "its name"));
    fields.add(
        Field.of("endorsement key", new TpmPublic(endorsement.key()).name().hex(), "its name"));
    if (endorsement.certificate().isPresent()) {
      fields.add(
          Field.group(
              "endorsement certificate",
              EndorsementCertificate.parse(endorsement.certificate().get()).describe()));
    }
    fields.add(Field.group("event log", EventLogFields.describe(TcgLog.tpm(tpm.eventLog()))));
    return fields;
  }

  /// Returns the fields of a TPM's quote, with the values of its registers.
  ///
  /// @throws EvidenceException if it does not follow its format
  public static List<Field> describe(Evidence.TpmQuote quote) throws EvidenceException {
    var attest = TpmAttest.parse(quote.attest());
    var clock = attest.clock();
    return List.of(
        Field.of("extraData", attest.extraData().hex(), "SHA-256 of the report data"),
        Field.of("clock", Long.toString(clock.milliseconds()), "milliseconds that the TPM has run"),
        Field.of("resetCount", Long.toString(clock.resets()), "how often it was reset"),
        Field.of("restartCount", Long.toString(clock.restarts()), "how often it was restarted"),
        Field.of("safe", Boolean.toString(clock.safe()), "whether the clock never went back"),
        Field.of("firmwareVersion", "%016x".formatted(clock.firmwareVersion()), "of the TPM"),
        new Field(
            "pcrDigest",
            attest.pcrDigest().hex(),
            "SHA-256 of the registers",
            registers(attest, quote.pcrs())),
        Field.of("signature", quote.signature().hex(), "with SHA-256"));
  }

  private static List<Field> registers(TpmAttest attest, Octets values) {
    var fields = new ArrayList<Field>();
    for (var register : attest.registers()) {
      var at = fields.size() * HASH_BYTES;
      fields.add(
          Field.of(
              "PCR %d".formatted(register),
              at + HASH_BYTES <= values.length() ? values.slice(at, HASH_BYTES).hex() : "",
              at + HASH_BYTES <= values.length() ? "" : "missing"));
    }
    return fields;
  }
}
