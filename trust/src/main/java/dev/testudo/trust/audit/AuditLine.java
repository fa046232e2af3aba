package dev.testudo.trust.audit;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// One line of the audit log: a JSON object. `sequence` is its number, `previous` the SHA-256 hash
/// of the line before it, and `signature` the last member, which signs all bytes before it. So the
/// signature of a line covers all lines up to it.
///
/// @param sequence the number, from 1
/// @param at when the line was written
/// @param previous 64 hexadecimal digits, see [#NOTHING]
/// @param hash the SHA-256 hash of this line without its line feed, 64 hexadecimal digits
/// @param event what happened
/// @param key the public key that verifies the log, if the line contains it
/// @param cut in a checkpoint, where the log begins after CAS removed its oldest lines
public record AuditLine(
    long sequence,
    Instant at,
    String previous,
    String hash,
    String event,
    Optional<PublicKey> key,
    Optional<Cut> cut) {
  /// The most bytes of a line.
  public static final int LIMIT = 256 << 10;

  /// The value of `previous` in the very first line: the SHA-256 hash of the empty string.
  public static final String NOTHING = sha256(new byte[0]);

  private static final byte[] CONTEXT =
      "testudo audit log v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SIGNATURE = ",\"signature\":\"".getBytes(StandardCharsets.US_ASCII);

  /// The beginning of a log whose oldest lines CAS itself has removed.
  ///
  /// @param first the number of the first line kept
  /// @param previous the hash of the line before it
  public record Cut(long first, String previous) {}

  /// Signs `entry` and returns the line.
  ///
  /// @param entry begins with `sequence`, `at` and `previous`, and has no `signature`
  public static byte[] sign(JsonObject entry, Identity signer, SecureRandom random) {
    var text = Json.write(entry);
    var unsigned = Arrays.copyOf(text, text.length - 1);
    try {
      var signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer.key(), random);
      signature.update(CONTEXT);
      signature.update(unsigned);
      var line = new ByteArrayOutputStream(text.length + 128);
      line.writeBytes(unsigned);
      line.writeBytes(SIGNATURE);
      line.writeBytes(Base64.getEncoder().encode(signature.sign()));
      line.writeBytes("\"}".getBytes(StandardCharsets.US_ASCII));
      return line.toByteArray();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with the key of CAS failed", e);
    }
  }

  /// Adds the key that verifies the log to a line.
  public static JsonBuilder putKey(JsonBuilder members, PublicKey key) {
    return members.put("key", Base64.getEncoder().encodeToString(key.getEncoded()));
  }

  /// Parses a line without its line feed. Does not verify the signature.
  public static AuditLine read(byte[] line) throws MessageException {
    var fields = JsonMembers.read(line, LIMIT, "audit line");
    var event = fields.text("event");
    return new AuditLine(
        fields.number("sequence", 1, Long.MAX_VALUE),
        fields.instant("at"),
        fields.text("previous"),
        hash(line),
        event,
        key(fields),
        event.equals("checkpoint")
            ? Optional.of(new Cut(fields.natural("first"), fields.text("first_previous")))
            : Optional.empty());
  }

  private static Optional<PublicKey> key(JsonMembers fields) throws MessageException {
    var text = fields.optionalText("key");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(PublicKeys.fromDer(Base64.getDecoder().decode(text.get())));
    } catch (PkiException | IllegalArgumentException e) {
      throw fields.wrong("key", "a public key");
    }
  }

  /// Returns true if the line carries a valid signature by `key`.
  public static boolean isSigned(byte[] line, PublicKey key) {
    var end = lastSignature(line);
    if (end < 0) {
      return false;
    }
    try {
      var value = Arrays.copyOfRange(line, end + SIGNATURE.length, line.length - 2);
      var signature = Signature.getInstance("SHA256withECDSA");
      signature.initVerify(key);
      signature.update(CONTEXT);
      signature.update(line, 0, end);
      return signature.verify(Base64.getDecoder().decode(value));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static int lastSignature(byte[] line) {
    for (var start = line.length - SIGNATURE.length - 2; start >= 0; start--) {
      if (Arrays.equals(line, start, start + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
        return start;
      }
    }
    return -1;
  }

  /// Returns the hash of a line without its line feed, which is the next line's `previous`.
  public static String hash(byte[] line) {
    return sha256(line);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
