package dev.testudo.cas.store.backup;

import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.time.Instant;

/// What a backup says of itself: the line of the audit log with which CAS recorded it.
///
/// @param at when the backup was made
/// @param head number and hash of the last line of the audit log in the backup, `NUMBER:HASH`
/// @param size the bytes of the database
/// @param sha256 the SHA-256 hash of the database, 64 hexadecimal digits
/// @param cas the hash of the key of the CAS, for which the line is signed
public record BackupManifest(Instant at, String head, long size, String sha256, KeyHash cas) {
  /// The event of the audit log that is a manifest.
  public static final String EVENT = "backed-up";

  /// Parses a line of the audit log and verifies its signature by the keys that it contains.
  ///
  /// @throws MessageException if it is not a signed manifest
  static BackupManifest read(byte[] line) throws MessageException {
    var fields = JsonMembers.read(line, AuditLine.LIMIT, "manifest");
    if (!fields.text("event").equals(EVENT)) {
      throw fields.wrong("event", EVENT);
    }
    var keys = AuditLine.read(line).keys().orElseThrow(() -> fields.wrong("key", "a public key"));
    if (!AuditLine.isSigned(line, keys)) {
      throw fields.wrong("signature", "a signature of the line by its key");
    }
    return new BackupManifest(
        fields.instant("at"),
        fields.text("head"),
        fields.natural("size"),
        fields.text("sha256"),
        keys.hash());
  }
}
