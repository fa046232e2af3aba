package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.AccessPolicy.AnyOf;
import dev.testudo.policy.session.AccessPolicy.NamedBySecret;
import dev.testudo.policy.session.AccessPolicy.Nobody;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.Optional;

/// Finds sessions that nobody can replace, or that nobody can replace once a secret is lost.
final class SomebodyMayUpdate {
  private SomebodyMayUpdate() {}

  static void check(Session session, Problems problems) {
    var update = session.accessPolicy().update();
    if (update instanceof Nobody || (update instanceof AnyOf(var all) && all.isEmpty())) {
      problems.add(
          lockedOut(
              session, "nobody can ever replace or delete session `%s`", "`update` names nobody"));
    } else if (update instanceof AnyOf(var all)
        && all.stream().allMatch(NamedBySecret.class::isInstance)) {
      problems.add(
          lockedOut(
              session,
              "only secrets say who may replace or delete session `%s`",
              "if none of them names a caller, nobody may"));
    }
  }

  private static Diagnostic lockedOut(Session session, String message, String why) {
    var text = message.formatted(session.name());
    return Diagnostic.warning(DiagnosticId.LOCKED_OUT, place(session), text)
        .labelled(why)
        .helped("add `CREATOR`, or the hash of a key that the owner keeps");
  }

  /// Returns the place of `update`.
  private static Span place(Session session) {
    if (Yaml.read(session.source()) instanceof Parsed.Valid<YamlNode>(Mapping root, _)) {
      var policy = root.entry("access_policy");
      var update =
          policy
              .map(YamlNode.Entry::value)
              .flatMap(n -> n instanceof Mapping m ? m.entry("update") : Optional.empty());
      return update.or(() -> policy).map(e -> e.key().span()).orElse(session.security().span());
    }
    return session.security().span();
  }
}
