package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.time.Duration;

/// The properties of a new join token.
///
/// @param uses the number of instances that may join with it, 1 to 10,000
/// @param validFor how long it is valid, one second to 366 days
public record JoinTokenOrder(int uses, Duration validFor) {
  /// The most uses of one token.
  public static final int MOST_USES = 10_000;

  /// The longest validity of one token.
  public static final Duration LONGEST = Duration.ofDays(366);

  /// The longest encoded order, in bytes.
  public static final int LIMIT = 1024;

  /// Checks the bounds.
  public JoinTokenOrder {
    if (uses < 1 || uses > MOST_USES) {
      throw new IllegalArgumentException("a token has 1 to %d uses".formatted(MOST_USES));
    }
    if (validFor.compareTo(Duration.ofSeconds(1)) < 0 || validFor.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "a token is valid for one second to %d days".formatted(LONGEST.toDays()));
    }
  }

  /// Encodes the order as JSON.
  public byte[] encode() {
    return Json.write(
        new JsonBuilder().put("uses", uses).put("seconds", validFor.toSeconds()).build());
  }

  /// Decodes the result of [#encode()].
  public static JoinTokenOrder decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "token");
    var order =
        new JoinTokenOrder(
            (int) fields.number("uses", 1, MOST_USES),
            Duration.ofSeconds(fields.number("seconds", 1, LONGEST.toSeconds())));
    fields.done();
    return order;
  }
}
