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

/// The owners of CAS. They are given at its first start and kept with everything else it holds, so
/// that a later start without them does not open what was closed.
final class Owners {
  private static final String NAME = "owners";

  private Owners() {}

  /// The ownership that `given` and the store agree on.
  ///
  /// @throws OwnersException if they disagree, or if there is neither an owner nor leave to go
  ///     without
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
          "CAS has no owner; start it with `--owner KEYHASH`, the key that may register top-level"
              + " sessions, or with `--first-come` if everybody who reaches it may");
    }
    if (given.firstCome() || !(given.owners().isEmpty() || given.text().equals(kept.get()))) {
      throw new OwnersException(
          OwnersException.Reason.OTHERS,
          "CAS was started with other owners before (%s); leave out `--owner` and `--first-come`"
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
