package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.Optional;

/// What whoever launched a confidential VM gave to the hardware: HOST_DATA of SEV-SNP (32 bytes),
/// or MRCONFIGID of TDX (48 bytes). It cannot change while the VM runs.
///
/// It is read from the agent's own evidence, which nobody has verified yet. That is enough to
/// compare it with the image that the agent is about to start: if the evidence is forged, CAS
/// refuses it.
///
/// @param name the name that the specification gives it
/// @param value its bytes
record LaunchMeasurement(String name, Octets value) {
  /// Where HOST_DATA is in a report of SEV-SNP.
  private static final int HOST_DATA = 0x0c0;

  private static final int HOST_DATA_SIZE = 32;

  /// Where the body is in a quote of TDX, by the version of the quote.
  private static final int BODY_OF_4 = 48;

  private static final int BODY_OF_5 = 54;

  /// Where MRCONFIGID is in the body.
  private static final int MRCONFIGID = 184;

  private static final int MRCONFIGID_SIZE = 48;

  /// Returns what `evidence` has, or empty if it is of a kind that has none.
  static Optional<LaunchMeasurement> in(Evidence evidence) {
    return switch (evidence) {
      case Evidence.SnpReport snp -> slice("HOST_DATA", snp.report(), HOST_DATA, HOST_DATA_SIZE);
      case Evidence.TdxQuote tdx -> configId(tdx.quote());
      case Evidence.AzureSnp _, Evidence.AzureTdx _ -> Optional.empty(); // the paravisor's
      case Evidence.SgxQuote _, Evidence.Tpm _, Evidence.Software _ -> Optional.empty();
    };
  }

  private static Optional<LaunchMeasurement> configId(Octets quote) {
    int body = quote.length() > 1 && quote.u16(0) == 5 ? BODY_OF_5 : BODY_OF_4;
    return slice("MRCONFIGID", quote, body + MRCONFIGID, MRCONFIGID_SIZE);
  }

  private static Optional<LaunchMeasurement> slice(String name, Octets from, int start, int size) {
    return from.length() < start + size
        ? Optional.empty()
        : Optional.of(new LaunchMeasurement(name, from.slice(start, size)));
  }

  /// Checks that the VM was launched for `image`: its 32 bytes, then zeros.
  ///
  /// @throws AgentFailure if it was launched for something else, or for nothing in particular
  static void requireImage(Evidence evidence, Measurement image) throws AgentFailure {
    var launched = in(evidence);
    if (launched.isEmpty()) {
      throw AgentFailure.refused(
          ("`%s image` is only for SEV-SNP and TDX: evidence of %s has no value of whoever launched"
                  + " it")
              .formatted(EvidenceOptions.HOST_DATA, evidence.isolation()));
    }
    launched.get().require(image);
  }

  private void require(Measurement image) throws AgentFailure {
    var zeros = "00".repeat(value.length() - image.hex().length() / 2);
    if (value.isZero()) {
      throw AgentFailure.refused(
          "this VM was launched for no image (%s is zero), and the image here is %s; nothing is started"
              .formatted(name, image));
    }
    if (!value.hex().equals(image.hex() + zeros)) {
      throw AgentFailure.refused(
          "this VM was launched for the image %s (%s), and the image here is %s; nothing is started"
              .formatted(value.hex(), name, image));
    }
  }
}
