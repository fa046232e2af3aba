package dev.testudo.cas.attestation;

import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.pki.KeyHash;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tickets with which an instance of a service gets new values while it runs. A join token or a
/// one-time password counts for one start, so the ticket says that the instance has shown it. CAS
/// stores no tickets: each carries a MAC. It is valid only for the key that attested, for the same
/// measurement, and in a session of the same name and creator.
final class Tickets {
  /// How long a ticket is valid after the first of the values has ended.
  static final Duration AFTER_THE_END = Duration.ofDays(1);

  private static final Pattern FORM =
      Pattern.compile("1-([0-9]{1,12})-(j?)(p?)-([0-9a-f]{64})?-([0-9a-f]{64})");

  private final TicketKey key;
  private final InstantSource clock;

  Tickets(TicketKey key, InstantSource clock) {
    this.key = key;
    this.clock = clock;
  }

  /// An instance of a service.
  ///
  /// @param creator the hash of the key that created the session
  /// @param key the key that the instance has proved to hold
  /// @param measurement the measurement in its evidence
  record Instance(ServiceId service, String creator, KeyHash key, String measurement) {}

  /// What an instance has shown besides its evidence.
  ///
  /// @param joinToken true if it has shown a join token
  /// @param password true if it has shown a one-time password
  /// @param accessToken the digest of the access token that it has shown
  record Shown(boolean joinToken, boolean password, Optional<String> accessToken) {
    private String text() {
      return "%s%s-%s".formatted(joinToken ? "j" : "", password ? "p" : "", accessToken.orElse(""));
    }
  }

  /// Returns a ticket.
  ///
  /// @param end when the first value of the instance ends
  String issue(Instance instance, Shown shown, Instant end) {
    var content = "1-%d-%s".formatted(end.getEpochSecond(), shown.text());
    return content + "-" + key.mac(words(instance, content));
  }

  /// Returns what the instance has shown. Empty if the ticket is not one of this instance, or too
  /// old.
  Optional<Shown> open(Instance instance, String ticket) {
    var match = FORM.matcher(ticket);
    if (!match.matches()) {
      return Optional.empty();
    }
    var content = ticket.substring(0, ticket.lastIndexOf('-'));
    var last = Instant.ofEpochSecond(Long.parseLong(match.group(1))).plus(AFTER_THE_END);
    return key.isMac(match.group(5), words(instance, content)) && !clock.instant().isAfter(last)
        ? Optional.of(
            new Shown(
                !match.group(2).isEmpty(),
                !match.group(3).isEmpty(),
                Optional.ofNullable(match.group(4))))
        : Optional.empty();
  }

  /// Returns a digest by which a ticket identifies an access token without revealing it.
  String digest(AccessToken token) {
    return key.mac(List.of("testudo access token v1", token.value().orElseThrow()));
  }

  private static List<String> words(Instance instance, String content) {
    return List.of(
        "testudo renewal ticket v1",
        instance.service().toString(),
        instance.creator(),
        instance.key().text(),
        instance.measurement(),
        content);
  }
}
