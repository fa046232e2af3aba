package dev.testudo.trust.channel;

import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.Optional;

/// What a CAS tells its witness: how far its store is.
///
/// @param head how far it is
/// @param before what the witness has; empty if it has none
/// @param accepted true if the operator accepted that `head` may be older, or of another history
public record WitnessedHead(AnchoredHead head, Optional<AnchoredHead> before, boolean accepted) {
  /// The most bytes of a message.
  public static final int LIMIT = 1024;

  /// Returns the message.
  public byte[] encode() {
    var json = new JsonBuilder().put("head", head.toString());
    before.ifPresent(line -> json.put("before", line.toString()));
    return Json.write(json.put("accepted", accepted).build());
  }

  /// Parses a message.
  public static WitnessedHead decode(byte[] message) throws MessageException {
    var fields = JsonMembers.read(message, LIMIT, "head");
    var before = fields.optionalText("before");
    var decoded =
        new WitnessedHead(
            line(fields, "head", fields.text("head")),
            before.isPresent()
                ? Optional.of(line(fields, "before", before.get()))
                : Optional.empty(),
            fields.bool("accepted"));
    fields.done();
    return decoded;
  }

  private static AnchoredHead line(JsonMembers fields, String name, String text)
      throws MessageException {
    return AnchoredHead.parse(text).orElseThrow(() -> fields.wrong(name, "NUMBER:HASH"));
  }
}
