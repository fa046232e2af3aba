package dev.testudo.trust.attest.tpm;

import dev.testudo.policy.evidence.BootedMachine;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.tpm.VerifiedTpmQuote.Signer;
import java.security.MessageDigest;
import java.security.interfaces.RSAPublicKey;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Verifies what a TPM says of the machine that it measured. The links are: a pinned certificate
/// signs the one of the endorsement key; the TPM of this key opened a credential that names the
/// attestation key; this key signs a quote that is bound to key and nonce; and the event log gives
/// the registers in it.
///
/// The first two links may be missing. Then nobody vouches for the TPM: it can be a program.
public final class TpmVerifier {
  /// The registers that name an image and what was given to it. The others depend on the firmware,
  /// the machine and the order in which it tries disks, or change while the machine runs.
  private static final Set<Integer> OF_IMAGE = Set.of(9, 11, 12, 13, 14);

  private static final String PURPOSE = "testudo-tpm-measurement-v1";

  private TpmVerifier() {}

  /// Verifies evidence.
  ///
  /// @param expected the key and nonce that the quote must be bound to
  public static EvidenceClaims.Tpm verify(
      Evidence.Tpm evidence,
      Optional<ReportData> expected,
      VerificationContext context,
      Checks checks)
      throws EvidenceException {
    var key = new TpmPublic(evidence.attestationKey());
    var signer = key.attestationKey();
    checks.passed(Check.TPM_KEY, "restricted, made in its TPM, on P-256");
    var quote =
        VerifiedTpmQuote.verify(
            evidence.quote(),
            new Signer(signer::verify, Check.TPM_KEY_SIGNATURE, "the attestation key"),
            expected,
            checks);
    var events = BootEvents.of(evidence.eventLog(), quote.pcrs());
    checks.passed(Check.TPM_EVENT_LOG, "the same");
    var tpm = tpm(evidence.endorsement(), key, quote.clock().firmwareVersion(), context, checks);
    var named = new TreeMap<>(quote.pcrs());
    named.keySet().retainAll(OF_IMAGE);
    return new EvidenceClaims.Tpm(
        RegisterHash.of(PURPOSE, Octets.of(new byte[0]), named),
        new BootedMachine(quote.pcrs(), events.started(), events.sections(), tpm));
  }

  /// Returns which TPM has the attestation key, as far as that is shown.
  private static BootedMachine.Tpm tpm(
      Evidence.Endorsement endorsement,
      TpmPublic attestation,
      long version,
      VerificationContext context,
      Checks checks)
      throws EvidenceException {
    var firmware = "%016x".formatted(version);
    var of = new TpmPublic(endorsement.key());
    var key = of.endorsementKey();
    var credential = context.credentials().of(of.name(), attestation.name());
    if (credential.isEmpty() || endorsement.credential().length() == 0) {
      return new BootedMachine.Tpm(Optional.empty(), Optional.empty(), Optional.empty(), firmware);
    }
    if (!MessageDigest.isEqual(credential.get().toBytes(), endorsement.credential().toBytes())) {
      throw new EvidenceException(
          RejectionId.WRONG_TPM_KEY,
          "the credential is not the one for these keys: the attestation key is not in the TPM of"
              + " the endorsement key");
    }
    checks.passed(Check.TPM_CREDENTIAL, "returned");
    var hash = HexFormat.of().formatHex(Measurement.sha256().digest(key.getEncoded()));
    return vouched(
        endorsement,
        key,
        new BootedMachine.Tpm(Optional.of(hash), Optional.empty(), Optional.empty(), firmware),
        context,
        checks);
  }

  private static BootedMachine.Tpm vouched(
      Evidence.Endorsement endorsement,
      RSAPublicKey key,
      BootedMachine.Tpm tpm,
      VerificationContext context,
      Checks checks)
      throws EvidenceException {
    if (endorsement.certificate().isEmpty()) {
      return tpm;
    }
    var certificate = EndorsementCertificate.parse(endorsement.certificate().get());
    var vouching = certificate.endorsement(key, context.roots(), context.at());
    if (vouching.isEmpty()) {
      return tpm;
    }
    var maker = certificate.maker();
    checks.passed(Check.TPM_ENDORSEMENT, "%s %s".formatted(maker.manufacturer(), maker.model()));
    return new BootedMachine.Tpm(tpm.key(), Optional.of(maker), vouching, tpm.firmware());
  }
}
