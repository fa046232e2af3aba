package dev.testudo.cas.token;

import dev.testudo.cas.store.TokenRow;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.JoinTokenStatus;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The stored record of a join token. It does not contain the token itself.
///
/// @param id the token's id, 16 hexadecimal digits
/// @param hash the SHA-256 hash of the token, 64 hexadecimal digits
/// @param creator the hash of the key that created it
/// @param uses the number of instances that may join with it
/// @param used the number of instances that have joined
/// @param lately the latest uses, oldest first, each kept for at least [#RETRY]
record StoredToken(
    String id,
    String hash,
    String creator,
    Instant created,
    Instant expires,
    int uses,
    int used,
    List<Use> lately) {
  /// The time in which an instance may ask again without spending another use: the
  /// lifetime of a nonce.
  static final Duration RETRY = Duration.ofSeconds(60);

  /// The most recent uses that are remembered. With more uses within [#RETRY], an instance that
  /// asks again spends another use.
  private static final int REMEMBERED = 64;

  private static final int LIMIT = 32 << 10;

  /// A use of the token: an instance joined.
  ///
  /// @param instance the hash of its key
  record Use(String instance, Instant at) {}

  StoredToken {
    lately = List.copyOf(lately);
  }

  /// Returns true if `instance` has joined so recently that it may ask again.
  boolean isRetry(KeyHash instance, Instant now) {
    return lately.stream()
        .anyMatch(
            use -> use.instance().equals(instance.text()) && use.at().plus(RETRY).isAfter(now));
  }

  /// Returns true if any instance may still ask again.
  boolean isAskedAgain(Instant now) {
    return lately.stream().anyMatch(use -> use.at().plus(RETRY).isAfter(now));
  }

  /// Returns true if no further instance can join with the token.
  boolean isOver(Instant now) {
    return isExpired(now) || isUsedUp();
  }

  boolean isExpired(Instant now) {
    return !now.isBefore(expires);
  }

  boolean isUsedUp() {
    return used >= uses;
  }

  /// Returns the record after `instance` has joined.
  StoredToken usedBy(KeyHash instance, Instant now) {
    var uses = new ArrayList<Use>();
    lately.stream().filter(use -> use.at().plus(RETRY).isAfter(now)).forEach(uses::add);
    uses.add(new Use(instance.text(), now));
    var kept = uses.subList(Math.max(0, uses.size() - REMEMBERED), uses.size());
    return new StoredToken(id, hash, creator, created, expires, this.uses, used + 1, kept);
  }

  JoinTokenStatus status() {
    return new JoinTokenStatus(id, creator, created, expires, uses, uses - used);
  }

  TokenRow row(ServiceId service) {
    return new TokenRow(service.session().value(), service.service(), id, Secret.taking(encode()));
  }

  private byte[] encode() {
    var recent =
        lately.stream()
            .<JsonValue>map(
                use ->
                    new JsonBuilder()
                        .put("instance", use.instance())
                        .put("at", use.at().toString())
                        .build())
            .toList();
    return Json.write(
        new JsonBuilder()
            .put("hash", hash)
            .put("creator", creator)
            .put("created", created.toString())
            .put("expires", expires.toString())
            .put("uses", uses)
            .put("used", used)
            .put("lately", new JsonValue.JsonArray(recent))
            .build());
  }

  static StoredToken of(TokenRow row) throws MessageException {
    var fields =
        row.content().revealOrThrow(bytes -> JsonMembers.read(bytes, LIMIT, "stored token"));
    var lately = new ArrayList<Use>();
    for (var value : fields.array("lately")) {
      var use = JsonMembers.of(value, "use");
      lately.add(new Use(use.text("instance"), use.instant("at")));
      use.done();
    }
    var token =
        new StoredToken(
            row.id(),
            fields.text("hash"),
            fields.text("creator"),
            fields.instant("created"),
            fields.instant("expires"),
            (int) fields.number("uses", 1, JoinTokenOrder.MOST_USES),
            (int) fields.number("used", 0, JoinTokenOrder.MOST_USES),
            lately);
    fields.done();
    return token;
  }
}
