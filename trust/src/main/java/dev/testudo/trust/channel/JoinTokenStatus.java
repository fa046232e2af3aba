package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What CAS keeps of a join token, without what would let anybody join.
///
/// @param id names it
/// @param creator the hash of the key that asked for it
/// @param uses how many instances could join with it when it was made
/// @param left how many more may
public record JoinTokenStatus(
    String id, String creator, Instant created, Instant expires, int uses, int left) {
  private static final int LIMIT = 64 << 10;

  /// Several of them as JSON.
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

  /// Reads what [#encode(List)] wrote.
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
