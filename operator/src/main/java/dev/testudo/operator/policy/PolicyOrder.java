package dev.testudo.operator.policy;

import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.pki.KeyHash;

/// A policy that can be brought to a CAS.
sealed interface PolicyOrder {
  /// Where the CAS is.
  CasAddress cas();

  /// The key by which the CAS is known.
  KeyHash casKey();

  /// A policy in clear.
  record Signed(CasAddress cas, SessionBundle bundle) implements PolicyOrder {
    @Override
    public KeyHash casKey() {
      return bundle.message().cas();
    }
  }

  /// A policy that only the CAS can read.
  record Encrypted(CasAddress cas, KeyHash casKey, EncryptedBundle bundle) implements PolicyOrder {}
}
