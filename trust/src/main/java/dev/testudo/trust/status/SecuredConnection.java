package dev.testudo.trust.status;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.Optional;

/// Identifies a protected connection.
///
/// @param id unique within one shield
/// @param rule the rule that applied
/// @param peer the peer's address, or the path of a Unix socket
/// @param peerName the name in the peer's certificate, if it presented one
public record SecuredConnection(
    long id, Direction direction, String rule, String peer, Optional<String> peerName) {
  /// Returns true if the peer connected to the program.
  public boolean isInbound() {
    return direction == Direction.INBOUND;
  }

  /// Adds the members of this record to an object.
  public JsonBuilder write(JsonBuilder json) {
    return json.put("id", id)
        .put("inbound", isInbound())
        .put("rule", rule)
        .put("peer", peer)
        .put("peer_name", peerName);
  }

  /// Takes the members of a record from an object.
  public static SecuredConnection read(JsonMembers fields) throws MessageException {
    return new SecuredConnection(
        fields.natural("id"),
        fields.bool("inbound") ? Direction.INBOUND : Direction.OUTBOUND,
        fields.text("rule"),
        fields.text("peer"),
        fields.optionalText("peer_name"));
  }
}
