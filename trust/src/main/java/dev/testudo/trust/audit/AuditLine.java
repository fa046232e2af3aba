package dev.testudo.trust.audit;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.DetachedSignature;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
/// @param keys the keys that verify the log, if the line contains them
/// @param cut in a checkpoint, where the log begins after CAS removed its oldest lines
public record AuditLine(
    long sequence,
    Instant at,
    String previous,
    String hash,
    String event,
    Optional<AuditKeys> keys,
    Optional<Cut> cut) {
  /// The most bytes of a line.
  public static final int LIMIT = 256 << 10;

  /// The value of `previous` in the very first line: the SHA-256 hash of the empty string.
  public static final String NOTHING = sha256(new byte[0]);

  private static final byte[] CONTEXT =
      "testudo audit log v2\n".getBytes(StandardCharsets.US_ASCII);

  /// The context of lines that CAS signed with its own key.
  private static final byte[] EARLIER_CONTEXT =
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
  public static byte[] sign(JsonObject entry, AuditSigner signer) {
    var text = Json.write(entry);
    var end = text.length - 1;
    var signature = signer.sign(signed(CONTEXT, text, end));
    var line = new ByteArrayOutputStream(text.length + 128);
    line.write(text, 0, end);
    line.writeBytes(SIGNATURE);
    line.writeBytes(Base64.getEncoder().encode(signature));
    line.writeBytes("\"}".getBytes(StandardCharsets.US_ASCII));
    return line.toByteArray();
  }

  /// Returns what is signed: the context, and the line up to `end`.
  private static byte[] signed(byte[] context, byte[] line, int end) {
    var message = new ByteArrayOutputStream(context.length + end);
    message.writeBytes(context);
    message.write(line, 0, end);
    return message.toByteArray();
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
        AuditKeys.read(fields),
        event.equals("checkpoint")
            ? Optional.of(new Cut(fields.natural("first"), fields.text("first_previous")))
            : Optional.empty());
  }

  /// Returns true if the line has a valid signature by the key of lines in `keys`, or by the key of
  /// CAS, which signed the lines of earlier versions.
  public static boolean isSigned(byte[] line, AuditKeys keys) {
    var end = lastSignature(line);
    if (end < 0) {
      return false;
    }
    byte[] signature;
    try {
      var text = Arrays.copyOfRange(line, end + SIGNATURE.length, line.length - 2);
      signature = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return keys.verified()
            .filter(key -> DetachedSignature.verifies(key, signed(CONTEXT, line, end), signature))
            .isPresent()
        || DetachedSignature.verifies(keys.cas(), signed(EARLIER_CONTEXT, line, end), signature);
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
