package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A ConfigMap or a Secret.
///
/// @param items its content by key, in the order written
record Data(KubernetesObject object, boolean isSecret, Map<String, Item> items) {
  Data {
    items = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(items));
  }

  /// The content of one key.
  ///
  /// @param place where it is written
  record Item(KeyContent content, Span place) {}

  /// Reads an object whose kind is `ConfigMap` or `Secret`.
  static Data read(KubernetesObject object, Tree tree) {
    var isSecret = object.kind().value().equals("Secret");
    var items = new LinkedHashMap<String, Item>();
    var encoded = isSecret ? "data" : "binaryData";
    tree.strings(object.root(), encoded)
        .forEach(
            (key, text) ->
                decode(key, text, tree)
                    .ifPresent(content -> items.put(key, new Item(content, text.span()))));
    // `stringData` takes precedence over `data`.
    tree.strings(object.root(), isSecret ? "stringData" : "data")
        .forEach((key, text) -> items.put(key, new Item(KeyContent.of(text.value()), text.span())));
    return new Data(object, isSecret, items);
  }

  private static Optional<KeyContent> decode(String key, Text text, Tree tree) {
    try {
      return Optional.of(
          KeyContent.of(Base64.getDecoder().decode(text.value().replaceAll("\\s", ""))));
    } catch (IllegalArgumentException e) {
      tree.problems()
          .add(
              Diagnostic.error(
                      DiagnosticId.INVALID_VALUE,
                      text.span(),
                      "the value of `%s` is not base64".formatted(key))
                  .helped("write text that is not encoded under `stringData`"));
      return Optional.empty();
    }
  }
}
