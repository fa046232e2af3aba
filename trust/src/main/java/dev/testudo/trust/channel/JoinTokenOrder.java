package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.time.Duration;

/// What a new join token is to be good for.
///
/// @param uses how many instances may join with it, 1 to 10,000
/// @param validFor for how long, one second to a year
public record JoinTokenOrder(int uses, Duration validFor) {
  /// Most uses of one token.
  public static final int MOST_USES = 10_000;

  /// Longest life of one token.
  public static final Duration LONGEST = Duration.ofDays(366);

  /// Longest encoded order, in bytes.
  public static final int LIMIT = 1024;

  /// Checks the bounds.
  public JoinTokenOrder {
    if (uses < 1 || uses > MOST_USES) {
      throw new IllegalArgumentException("a token has 1 to %d uses".formatted(MOST_USES));
    }
    if (validFor.compareTo(Duration.ofSeconds(1)) < 0 || validFor.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "a token is good for one second to %d days".formatted(LONGEST.toDays()));
    }
  }

  /// As JSON.
  public byte[] encode() {
    return Json.write(
        new JsonBuilder().put("uses", uses).put("seconds", validFor.toSeconds()).build());
  }

  /// Reads what [#encode()] wrote.
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
