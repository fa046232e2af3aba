package dev.testudo.trust.channel;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.Optional;

/// A step of a volume from the state that CAS has to another one. CAS stores it only if it has
/// `from` and the lease is valid.
///
/// @param from what CAS has, as the agent knows it; empty if CAS has never had a tag
/// @param to the new state, whose sequence number is known
public record TagAdvance(VolumeLease lease, Optional<StoredTag> from, StoredTag to) {

  JsonValue json() {
    var json = lease.put(new JsonBuilder());
    from.ifPresent(known -> json.put("from", known.json()));
    return json.put("to", to.json()).build();
  }

  static TagAdvance read(JsonValue value) throws MessageException {
    var fields = JsonMembers.of(value, "advance");
    var lease = VolumeLease.take(fields);
    var from =
        fields.has("from")
            ? Optional.of(StoredTag.read(fields.object("from")))
            : Optional.<StoredTag>empty();
    var to = StoredTag.read(fields.object("to"));
    if (to.sequence().isEmpty()) {
      throw fields.wrong("to", "a tag with its sequence number");
    }
    fields.done();
    return new TagAdvance(lease, from, to);
  }
}
