package dev.testudo.trust.channel;

import java.io.IOException;

/// Challenges the TPM that makes evidence.
public interface Challenger {
  /// Returns what only a TPM with both keys can open.
  ///
  /// @throws IOException if CAS does not answer, or refuses
  CredentialChallenge challenge(CredentialRequest keys) throws IOException;
}
