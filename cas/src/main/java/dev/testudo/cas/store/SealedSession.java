package dev.testudo.cas.store;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;

/// Encrypts and decrypts revisions of sessions for the database.
final class SealedSession {
  private static final int LIMIT = 8 << 20;

  private SealedSession() {}

  static byte[] seal(Sealer sealer, SessionRow row) {
    var plain =
        Secret.taking(
            Json.write(
                new JsonBuilder()
                    .put("hash", row.hash())
                    .put("creator", row.creator())
                    .put("yaml", row.yaml())
                    .build()));
    return sealer.seal(new Sealer.Place("session", row.name(), row.revision()), plain);
  }

  /// Decrypts a revision.
  ///
  /// @throws StoreException if the content is not what CAS stored in that place
  static SessionRow open(Sealer sealer, String name, long revision, String hash, byte[] sealed)
      throws IOException {
    var plain = sealer.open(new Sealer.Place("session", name, revision), sealed);
    var fields = plain.revealOrThrow(bytes -> JsonMembers.read(bytes, LIMIT, "stored session"));
    plain.close();
    var row =
        new SessionRow(
            name, revision, fields.text("hash"), fields.text("creator"), fields.text("yaml"));
    fields.done();
    if (!row.hash().equals(hash)) {
      throw new StoreException(
          "the store was changed: session `%s` has another hash".formatted(name));
    }
    return row;
  }
}
