package dev.testudo.cas.attestation;

import dev.testudo.cas.issue.Base32;
import dev.testudo.cas.issue.Expansion;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.cas.token.PresentedPassword;
import dev.testudo.cas.token.PresentedPassword.Presented;
import dev.testudo.cas.token.PresentedPassword.Source;
import dev.testudo.cas.token.PresentedPassword.Try;
import dev.testudo.policy.session.PasswordSecret;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.util.Optional;

/// Looks at the one-time password of a request if the policy asks for one. No secret is created for
/// that, because the caller is not attested yet.
record PasswordCheck(SecretMaker maker, Transaction transaction, Try attempt) {
  private static final int MOST_BYTES = 1 << 16;

  /// Returns the password as it is presented, or empty if the policy asks for none.
  ///
  /// @throws Refused with [RefusalId#ATTESTATION_REFUSED] if the secret behind it is not available
  ///     or too weak: the caller is not attested yet, so it does not learn that
  Optional<PresentedPassword> of(Named named, Presented presented) throws Refused, IOException {
    var own = named.service().requirements().oneTimePassword();
    var secret = own.or(() -> named.session().session().security().oneTimePassword());
    if (secret.isEmpty()) {
      return Optional.empty();
    }
    try (var bytes = bytes(named, secret.get())) {
      return Optional.of(
          PresentedPassword.of(
              transaction, named.id(), new Source(bytes, own.isEmpty()), presented, attempt));
    } catch (Refused e) {
      throw new Refused(RefusalId.ATTESTATION_REFUSED, e.message(), e.problems());
    }
  }

  private Secret bytes(Named named, PasswordSecret secret) throws Refused, IOException {
    var secrets = maker.peek(transaction, named.session());
    var text =
        new Expansion(secrets, MOST_BYTES, "the secret behind one-time passwords")
            .text(secret.template());
    var bytes = Base32.decode(text.strip());
    if (bytes.isEmpty() || bytes.get().length < PasswordSecret.MIN_BYTES) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE,
          "the secret behind the one-time passwords is not Base32 of at least 128 bits (%s)"
              .formatted(secret.span().place()));
    }
    return Secret.taking(bytes.get());
  }
}
