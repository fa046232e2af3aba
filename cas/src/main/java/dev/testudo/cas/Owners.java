package dev.testudo.cas;

import dev.testudo.cas.access.Ownership;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;

/// The owners of CAS. They are given at the first start and kept in the state, so a later start
/// without them does not open the root namespace to everybody.
final class Owners {
  private static final String NAME = "owners";

  private Owners() {}

  /// Returns the owners, which the options and the store must agree on.
  ///
  /// @throws OwnersException if they disagree, or if there are no owners and
  ///     `--first-come` is not given
  static Ownership of(Store store, ServerOptions.RootNamespace root) throws IOException {
    var given = new Ownership(root.owners(), root.firstCome());
    Optional<String> kept =
        store.transact(
            Optional.empty(),
            transaction -> {
              var stored = transaction.setting(NAME);
              if (stored.isEmpty() && !given.owners().isEmpty()) {
                var text = given.text();
                transaction.addSetting(NAME, Secret.ofText(text));
                return Outcome.unlogged(Optional.of(text));
              }
              return Outcome.unlogged(stored.map(Owners::text));
            });
    if (kept.isEmpty()) {
      if (given.firstCome()) {
        return Ownership.FIRST_COME;
      }
      throw new OwnersException(
          OwnersException.Reason.NONE,
          "CAS has no owner; start it with `--owner KEYHASH` to name a key that may register"
              + " top-level sessions, or with `--first-come` to let everybody do so");
    }
    if (given.firstCome() || !(given.owners().isEmpty() || given.text().equals(kept.get()))) {
      throw new OwnersException(
          OwnersException.Reason.OTHERS,
          "CAS already has other owners (%s); leave out `--owner` and `--first-come`"
              .formatted(kept.get().replace("\n", ", ")));
    }
    var owners =
        kept.get()
            .lines()
            .map(text -> KeyHash.parse(text).orElseThrow())
            .collect(Collectors.toSet());
    return new Ownership(owners, false);
  }

  private static String text(Secret stored) {
    return stored.reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII));
  }
}
