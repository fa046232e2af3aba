package dev.testudo.cas.attestation;

import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.Expansion;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Session;
import java.io.IOException;

/// Inserts secrets into the requirements of a session, so that claims can be compared with them. No
/// secret is created for that, because the caller is not attested yet.
record ExpandedPolicy(SecretMaker maker, Transaction transaction) {
  /// The most bytes of all inserted texts together.
  private static final int MOST_BYTES = 1 << 20;

  /// Returns the session with all placeholders in its requirements replaced.
  ///
  /// @throws Refused if a value is not available
  Session of(Registered registered) throws Refused, IOException {
    var session = registered.session();
    var written = session.security().accessToken();
    if (written.isEmpty() || written.get().value().isPresent()) {
      return session;
    }
    var what = "the access token of session `%s`".formatted(session.name());
    var secrets = maker.peek(transaction, registered);
    var text = new Expansion(secrets, MOST_BYTES, what).text(written.get().template());
    return session.withSecurity(session.security().withAccessToken(AccessToken.of(text)));
  }
}
