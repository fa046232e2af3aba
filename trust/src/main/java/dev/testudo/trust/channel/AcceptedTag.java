package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.Optional;

/// A person's decision which state of a volume counts, such as that of a restored backup.
///
/// @param position the state
/// @param instead the state that CAS must have now, so that nothing newer is lost by mistake; empty
///     if any will do
public record AcceptedTag(VolumeRef volume, StoredTag position, Optional<StoredTag> instead) {
  /// The most bytes of a message.
  public static final int LIMIT = 4096;

  /// Encodes the decision as JSON.
  public byte[] encode() {
    var json = volume.put(new JsonBuilder()).put("position", position.json());
    instead.ifPresent(known -> json.put("instead", known.json()));
    return Json.write(json.build());
  }

  /// Decodes the result of [#encode()].
  public static AcceptedTag decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "request");
    var accepted =
        new AcceptedTag(
            VolumeRef.take(fields),
            StoredTag.read(fields.object("position")),
            fields.has("instead")
                ? Optional.of(StoredTag.read(fields.object("instead")))
                : Optional.empty());
    fields.done();
    return accepted;
  }
}
