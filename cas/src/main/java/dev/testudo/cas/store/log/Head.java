package dev.testudo.cas.store.log;

import dev.testudo.cas.store.seal.StateDigest;
import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditVerdict.Seen;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.util.HexFormat;

/// The state of the whole store in one value. It is encrypted, and every transaction that
/// changes anything updates it. So any row that is changed, added, removed or restored by
/// others is detected.
///
/// @param sequence the number of the last line of the audit log; 0 if there is none
/// @param hash the hash of that line
/// @param first the number of the oldest line that is kept
/// @param bytes the bytes of all lines that are kept
/// @param copies how far the copies of the log are durable
/// @param state the digest of all rows, see [StateDigest]
/// @param steps the commits so far
public record Head(
    long sequence,
    String hash,
    long first,
    long bytes,
    Copies copies,
    StateDigest.Sum state,
    Steps steps) {
  private static final int LIMIT = 4096;

  /// The head of an empty store.
  static final Head START =
      new Head(0, AuditLine.NOTHING, 1, 0, Copies.NONE, StateDigest.Sum.ZERO, Steps.NONE);

  byte[] encode() {
    var json =
        new JsonBuilder()
            .put("sequence", sequence)
            .put("hash", hash)
            .put("first", first)
            .put("bytes", bytes)
            .put("exported", copies.encode())
            .put("state", HexFormat.of().formatHex(state.bytes()));
    steps.put(json);
    return Json.write(json.build());
  }

  static Head decode(byte[] encoded) throws IOException {
    var fields = JsonMembers.read(encoded, LIMIT, "head of the store");
    var head =
        new Head(
            fields.natural("sequence"),
            fields.text("hash"),
            fields.natural("first"),
            fields.natural("bytes"),
            Copies.decode(fields, "exported"),
            StateDigest.Sum.of(HexFormat.of().parseHex(fields.text("state"))),
            Steps.take(fields));
    fields.done();
    return head;
  }

  /// Returns the last line.
  public Seen line() {
    return new Seen(sequence, hash);
  }

  /// Returns the number and the hash of the last line, with a colon between them.
  public String text() {
    return sequence + ":" + hash;
  }

  /// Returns what a place outside of the store should know.
  AnchoredHead anchored() {
    return new AnchoredHead(line(), steps.count(), steps.mark());
  }

  /// Returns the head that a commit stores which makes this head of `before`. A commit counts if it
  /// changes rows or lines.
  public Head committedAfter(Head before) {
    if (hash.equals(before.hash) && first == before.first && state.equals(before.state)) {
      return this;
    }
    var content = "%s %d %s".formatted(text(), first, HexFormat.of().formatHex(state.bytes()));
    return new Head(sequence, hash, first, bytes, copies, state, steps.next(content));
  }

  /// Returns this head with another digest of all rows.
  public Head withState(StateDigest.Sum sum) {
    return new Head(sequence, hash, first, bytes, copies, sum, steps);
  }

  /// Returns this head with another number of the last line that is durable in the copy of
  /// `process`.
  Head withCopied(String process, long number) {
    return new Head(sequence, hash, first, bytes, copies.with(process, number), state, steps);
  }

  /// Returns this head with one more line.
  Head withLine(String newHash, int length) {
    return new Head(sequence + 1, newHash, first, bytes + length, copies, state, steps);
  }

  /// Returns this head without the lines before number `newFirst`, which had `removed` bytes.
  Head cut(long newFirst, long removed) {
    return new Head(sequence, hash, newFirst, bytes - removed, copies, state, steps);
  }
}
