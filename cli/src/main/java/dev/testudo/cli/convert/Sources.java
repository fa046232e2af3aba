package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Data.Item;
import dev.testudo.cli.convert.SharedSecrets.Use;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds what pods take from ConfigMaps and Secrets.
final class Sources {
  private final Map<Key, Data> data;
  private final SharedSecrets secrets;
  private final Problems problems;
  private final Set<Key> used = new LinkedHashSet<>();

  /// @param data all ConfigMaps and Secrets
  Sources(Map<Key, Data> data, SharedSecrets secrets, Problems problems) {
    this.data = Map.copyOf(data);
    this.secrets = secrets;
    this.problems = problems;
  }

  /// Returns the objects from which something was taken.
  Set<Key> used() {
    return Collections.unmodifiableSet(used);
  }

  /// Kind and name of an object.
  record Key(boolean isSecret, String name) {
    @Override
    public String toString() {
      return (isSecret ? "Secret" : "ConfigMap") + " `" + name + "`";
    }
  }

  /// A reference of a pod to an object.
  ///
  /// @param name the name of the object, with the place of the reference
  record Reference(boolean isSecret, Text name, boolean isOptional) {
    Key key() {
      return new Key(isSecret, name.value());
    }
  }

  /// Returns all items of an object. Reports an object that is required and missing.
  Map<String, Item> all(Reference reference) {
    used.add(reference.key());
    var found = data.get(reference.key());
    if (found == null) {
      reportMissing(reference, reference.key() + " is not among the objects");
      return Map.of();
    }
    return found.items();
  }

  /// Returns one item. Reports it if it is required and missing.
  Optional<Item> one(Reference reference, Text key) {
    used.add(reference.key());
    var isGenerated =
        reference.isSecret() && secrets.isGenerated(reference.name().value(), key.value());
    var found = data.get(reference.key());
    if (found == null && isGenerated) {
      return Optional.of(new Item(KeyContent.of(""), key.span()));
    }
    if (found == null) {
      reportMissing(reference, reference.key() + " is not among the objects");
      return Optional.empty();
    }
    var item = Optional.ofNullable(found.items().get(key.value()));
    if (item.isEmpty() && isGenerated) {
      return Optional.of(new Item(KeyContent.of(""), key.span()));
    }
    if (item.isEmpty() && !reference.isOptional()) {
      var known = new LinkedHashMap<>(found.items()).keySet();
      problems.addSuggesting(
          Diagnostic.error(
              DiagnosticId.MISSING_VALUE,
              key.span(),
              "%s has no key `%s`".formatted(reference.key(), key.quotable())),
          known,
          key.value());
    }
    return item;
  }

  private void reportMissing(Reference reference, String message) {
    if (!reference.isOptional()) {
      var help =
          reference.isSecret()
              ? "add its file with `-f`, or let CAS generate it with `--generate-secrets %s`"
                  .formatted(reference.name().quotable())
              : "add its file with `-f`";
      problems.add(
          Diagnostic.error(DiagnosticId.MISSING_VALUE, reference.name().span(), message)
              .helped(help));
    }
  }

  /// Returns the text of the manifest that stands for an item.
  ///
  /// @param isFile true for the content of a file, false for the value of a variable
  String text(String service, Reference reference, String key, Item item, boolean isFile) {
    var use = new Use(isFile, item.place());
    var text = item.content().text();
    var isBinary = text.isEmpty() || text.get().contains("$$SCONE:");
    if (reference.isSecret() || (isFile && isBinary)) {
      return secrets.use(service, reference.name().value(), key, item.content(), use);
    }
    if (text.isEmpty()) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE,
              item.place(),
              "`%s` is not text, so it cannot be in a variable".formatted(key)));
      return "";
    }
    return ManifestText.literal(text.get(), item.place(), problems);
  }
}
