package dev.testudo.cli.convert;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Finds the ConfigMaps and Secrets that an object of any kind names: the names below keys such as
/// `secretName`, `secretKeyRef`, `imagePullSecrets` and `configMap`, also in annotations, and the
/// name beside `kind: Secret` or `kind: ConfigMap`. It may find too many, which only means that
/// something stays in the cluster.
final class DataReferences {
  private final Set<Sources.Key> found = new LinkedHashSet<>();

  private DataReferences() {}

  static Set<Sources.Key> in(Draft object) {
    var references = new DataReferences();
    references.walk(object);
    return references.found;
  }

  private void walk(Object value) {
    switch (value) {
      case Draft draft -> {
        typed(draft);
        draft
            .keys()
            .forEach(
                key -> {
                  var lower = key.toLowerCase(Locale.ROOT);
                  if (lower.contains("secret")) {
                    collect(draft, key, true);
                  }
                  if (lower.contains("configmap")) {
                    collect(draft, key, false);
                  }
                  draft.raw(key).ifPresent(this::walk);
                });
      }
      case List<?> items -> items.forEach(this::walk);
      default -> {}
    }
  }

  private void typed(Draft reference) {
    switch (reference.text("kind").orElse("")) {
      case "Secret" -> named(reference, true);
      case "ConfigMap" -> named(reference, false);
      default -> {}
    }
  }

  private void collect(Draft draft, String key, boolean isSecret) {
    draft.text(key).ifPresent(name -> add(name, isSecret));
    draft.at(key).ifPresent(reference -> named(reference, isSecret));
    draft.list(key).forEach(reference -> named(reference, isSecret));
  }

  private void named(Draft reference, boolean isSecret) {
    reference.text("name").ifPresent(name -> add(name, isSecret));
  }

  private void add(String name, boolean isSecret) {
    found.add(new Sources.Key(isSecret, name.substring(name.lastIndexOf('/') + 1)));
  }
}
