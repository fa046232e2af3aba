package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The status of a join token, without the token itself.
///
/// @param id the token's id
/// @param creator the hash of the key that created it
/// @param uses the number of instances that may join with it in all
/// @param left the number of instances that may still join
public record JoinTokenStatus(
    String id, String creator, Instant created, Instant expires, int uses, int left) {
  private static final int LIMIT = 64 << 10;

  /// Encodes several of them as JSON.
  public static byte[] encode(List<JoinTokenStatus> tokens) {
    var all = tokens.stream().map(JoinTokenStatus::json).toList();
    return Json.write(
        new JsonBuilder().put("tokens", new JsonValue.JsonArray(List.copyOf(all))).build());
  }

  private JsonValue json() {
    return new JsonBuilder()
        .put("id", id)
        .put("creator", creator)
        .put("created", created.toString())
        .put("expires", expires.toString())
        .put("uses", uses)
        .put("left", left)
        .build();
  }

  /// Decodes the result of [#encode(List)].
  public static List<JoinTokenStatus> decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "tokens");
    var tokens = new ArrayList<JoinTokenStatus>();
    for (var value : fields.array("tokens")) {
      tokens.add(one(JsonMembers.of(value, "token")));
    }
    fields.done();
    return tokens;
  }

  private static JoinTokenStatus one(JsonMembers fields) throws MessageException {
    var token =
        new JoinTokenStatus(
            fields.text("id"),
            fields.text("creator"),
            fields.instant("created"),
            fields.instant("expires"),
            (int) fields.number("uses", 1, JoinTokenOrder.MOST_USES),
            (int) fields.number("left", 0, JoinTokenOrder.MOST_USES));
    fields.done();
    return token;
  }
}
