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

/// One line of the audit log: a JSON object. `sequence` numbers it, `previous` is the SHA-256 of
/// the line before it, `signature` stands last and signs every byte before it. So the signature of
/// a line covers all lines before it.
///
/// @param sequence from 1
/// @param at when it was written
/// @param previous 64 hexadecimal digits, see [#NOTHING]
/// @param hash SHA-256 of this line without its line feed, 64 hexadecimal digits
/// @param event what happened
/// @param key the public key that signs the log, where the line names it
/// @param cut in a checkpoint: where the log begins now, because CAS removed what was before
public record AuditLine(
    long sequence,
    Instant at,
    String previous,
    String hash,
    String event,
    Optional<PublicKey> key,
    Optional<Cut> cut) {
  /// Most bytes of a line.
  public static final int LIMIT = 256 << 10;

  /// What the first line of all names as `previous`: the SHA-256 of nothing.
  public static final String NOTHING = sha256(new byte[0]);

  private static final byte[] CONTEXT =
      "testudo audit log v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SIGNATURE = ",\"signature\":\"".getBytes(StandardCharsets.US_ASCII);

  /// Where a log begins whose older lines were removed by CAS itself.
  ///
  /// @param first the first line that is kept
  /// @param previous the hash of the line before that one
  public record Cut(long first, String previous) {}

  /// Writes `entry` and signs it.
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
      throw new IllegalStateException("the key of CAS does not sign", e);
    }
  }

  /// Adds the key that signs the log to a line.
  public static JsonBuilder putKey(JsonBuilder members, PublicKey key) {
    return members.put("key", Base64.getEncoder().encodeToString(key.getEncoded()));
  }

  /// Reads a line without its line feed. The signature is not looked at.
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

  /// Whether `key` signed this line.
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

  /// The hash of a line without its line feed, by which the next line names it.
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
