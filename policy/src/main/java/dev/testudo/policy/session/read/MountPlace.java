package dev.testudo.policy.session.read;

import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.List;
import java.util.Optional;

/// Where programs see a volume, and what becomes of their changes.
record MountPlace(String path, UpdatePolicy updates, Span span) {

  /// Takes the keys `path` and `update_policy`.
  ///
  /// @param paths receives the path as it is written
  static Optional<MountPlace> take(Fields fields, List<Text> paths, Problems problems) {
    var path = fields.requiredText("path");
    path.ifPresent(paths::add);
    var valid = path.filter(text -> InjectionPath.check(text, "a volume", problems));
    var updates = fields.choice("update_policy", UpdatePolicy.texts(), UpdatePolicy::parse);
    return valid.map(
        p -> new MountPlace(p.value(), updates.orElse(UpdatePolicy.ROLLBACK_PROTECTED), p.span()));
  }

  Volume.Mount of(Volume volume) {
    return new Volume.Mount(volume, path, updates, span);
  }
}
