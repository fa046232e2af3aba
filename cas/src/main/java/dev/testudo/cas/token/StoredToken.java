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

/// What CAS keeps of a join token. The token itself is not among it.
///
/// @param id names it, 16 hexadecimal digits
/// @param hash SHA-256 of the token, 64 hexadecimal digits
/// @param creator hash of the key that asked for it
/// @param uses how many instances may join with it in all
/// @param used how many have
/// @param lately the last uses, each for [#RETRY] at least; the oldest first
record StoredToken(
    String id,
    String hash,
    String creator,
    Instant created,
    Instant expires,
    int uses,
    int used,
    List<Use> lately) {
  /// How long an instance may ask again without spending another use: as long as a nonce is good.
  static final Duration RETRY = Duration.ofSeconds(60);

  /// More uses within that time than are remembered cost an instance that asks again another use.
  private static final int REMEMBERED = 64;

  private static final int LIMIT = 32 << 10;

  /// An instance joined.
  ///
  /// @param instance hash of its key
  record Use(String instance, Instant at) {}

  StoredToken {
    lately = List.copyOf(lately);
  }

  /// Whether `instance` has joined with it so lately that it may ask again.
  boolean isRetry(KeyHash instance, Instant now) {
    return lately.stream()
        .anyMatch(
            use -> use.instance().equals(instance.text()) && use.at().plus(RETRY).isAfter(now));
  }

  /// Whether some instance may still ask again.
  boolean isAskedAgain(Instant now) {
    return lately.stream().anyMatch(use -> use.at().plus(RETRY).isAfter(now));
  }

  /// Whether no other instance can join with it any more.
  boolean isOver(Instant now) {
    return isExpired(now) || isUsedUp();
  }

  boolean isExpired(Instant now) {
    return !now.isBefore(expires);
  }

  boolean isUsedUp() {
    return used >= uses;
  }

  /// The same after `instance` has joined.
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
