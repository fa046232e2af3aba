package dev.testudo.operator.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.operator.condition.Conditions;
import dev.testudo.operator.resource.PolicyStatus;
import dev.testudo.operator.resource.SignedPolicy;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The policies that objects of a namespace speak of, by the names of their sessions.
///
/// @param active the hash of the active revision, as far as the objects tell
/// @param missing for each session that is not registered, the reason and the object
record PolicyRevisions(TreeMap<String, String> active, TreeMap<String, String> missing) {
  private static final String REGISTERED = "Registered";

  /// Reads the statuses of policies. Of several revisions of a session, the active one is that
  /// which no other registered one names as its predecessor.
  static PolicyRevisions of(Collection<SignedPolicy> policies) {
    var replaced =
        policies.stream()
            .map(SignedPolicy::getStatus)
            .filter(status -> status != null && REGISTERED.equals(status.state()))
            .flatMap(status -> Stream.ofNullable(status.predecessor()))
            .collect(Collectors.toSet());
    var revisions = new PolicyRevisions(new TreeMap<>(), new TreeMap<>());
    for (var policy : policies) {
      revisions.add(policy.getMetadata().getName(), policy.getStatus(), replaced);
    }
    return revisions;
  }

  private void add(String name, @Nullable PolicyStatus status, Set<String> replaced) {
    if (status == null || status.session() == null || status.hash() == null) {
      return;
    }
    switch (String.valueOf(status.state())) {
      case REGISTERED -> {
        if (!replaced.contains(status.hash())) {
          active.put(status.session(), status.hash());
        }
      }
      case "Waiting", "Refused" ->
          missing.put(
              status.session(),
              "%s: %s"
                  .formatted(
                      name,
                      Conditions.find(status.conditions(), REGISTERED)
                          .map(one -> one.getReason())
                          .orElse("")));
      default -> {}
    }
  }

  /// Returns why sessions of `names` are not registered, one line each.
  List<String> missing(Collection<String> names) {
    var lines = new ArrayList<String>();
    missing.forEach(
        (session, why) -> {
          if (names.contains(session)) {
            lines.add(why);
          }
        });
    return lines;
  }

  /// Returns a digest of the active revisions of `names`; empty if no object speaks of one.
  Optional<String> digest(Collection<String> names) {
    var text = new StringBuilder();
    active.forEach(
        (session, hash) -> {
          if (names.contains(session)) {
            text.append(session).append('=').append(hash).append('\n');
          }
        });
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return Optional.of(HexFormat.of().formatHex(sha256.digest(text.toString().getBytes(UTF_8))));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
