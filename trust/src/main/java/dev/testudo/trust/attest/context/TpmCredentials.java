package dev.testudo.trust.attest.context;

import dev.testudo.trust.attest.evidence.Octets;
import java.util.Optional;

/// Knows with which credential a verifier challenges a TPM: only the TPM that has both an
/// endorsement key and an attestation key can open it (TPM 2.0, part 1, section 24).
public interface TpmCredentials {
  /// Nobody challenges.
  TpmCredentials NONE = (_, _) -> Optional.empty();

  /// Returns the credential for two keys; empty if nobody challenges.
  ///
  /// @param endorsement the name of the endorsement key, as TPMs compute it
  /// @param attestation the name of the attestation key
  Optional<Octets> of(Octets endorsement, Octets attestation);
}
