package dev.testudo.policy.yaml;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Standing;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Spelling;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Takes the keys of a mapping one by one, each with its expected type. Reports keys that are
/// missing, of the wrong type, or left over. A key without a value (`key:`) counts as absent. Only
/// declared keys can be taken, so that declarations and readers cannot disagree.
public final class Fields {
  private final Mapping mapping;
  private final Keys keys;
  private final String what;
  private final Problems problems;
  private final Map<String, Entry> left = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  private Fields(Mapping mapping, Keys keys, Problems problems) {
    this.mapping = mapping;
    this.keys = keys;
    this.what = keys.what();
    this.problems = problems;
    mapping.entries().forEach(entry -> left.put(entry.key().text(), entry));
  }

  /// Returns the fields of `node`, or reports it if it is not a mapping.
  ///
  /// @param keys the keys that such a mapping can have
  public static Optional<Fields> of(YamlNode node, Keys keys, Problems problems) {
    if (node instanceof Mapping mapping) {
      return Optional.of(new Fields(mapping, keys, problems));
    }
    problems.add(noMapping(node, keys.what()));
    return Optional.empty();
  }

  /// Returns a diagnostic for a node that should be a mapping.
  ///
  /// @param what the name of the thing in messages, such as "a service"
  public static Diagnostic noMapping(YamlNode node, String what) {
    return wrongType(node, what + " has keys and values");
  }

  private Key declared(String key) {
    return keys.key(key)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "a reader takes `%s`, which is not declared as a key of %s"
                        .formatted(key, what)));
  }

  /// Returns the place of the first key. A diagnostic shows it instead of the whole
  /// mapping, which may be long.
  public Span span() {
    return mapping.entries().isEmpty() ? mapping.span() : mapping.entries().getFirst().key().span();
  }

  /// Returns the place of a key, or of the mapping if the key is absent.
  public Span spanOf(String key) {
    return mapping.entry(key).map(entry -> entry.key().span()).orElseGet(this::span);
  }

  /// Returns true if the key is present with a value.
  public boolean has(String key) {
    return mapping.entry(key).filter(entry -> !entry.value().isNull()).isPresent();
  }

  /// Returns true if the key is present, with or without a value.
  public boolean declares(String key) {
    return mapping.entry(key).isPresent();
  }

  /// Returns the single value of a key without taking it. Reports nothing.
  public Optional<Text> peek(String key) {
    return mapping
        .entry(key)
        .map(Entry::value)
        .filter(value -> !value.isNull())
        .filter(Scalar.class::isInstance)
        .map(value -> ((Scalar) value).located());
  }

  /// Takes the value of a key, whatever its type.
  public Optional<YamlNode> node(String key) {
    known.add(declared(key).name());
    return Optional.ofNullable(left.remove(key)).map(Entry::value).filter(value -> !value.isNull());
  }

  /// Takes a single value as text, whether it looks like a string, a number or a boolean.
  public Optional<Text> text(String key) {
    return node(key).flatMap(value -> text(value, "`" + key + "`"));
  }

  /// Takes a single value as text and reports the key if it is missing.
  public Optional<Text> requiredText(String key) {
    reportIfMissing(key);
    return text(key);
  }

  /// Takes the value of a key and reports the key if it is missing.
  public Optional<YamlNode> requiredNode(String key) {
    reportIfMissing(key);
    return node(key);
  }

  /// Takes a boolean, `true` or `false`, quoted or not.
  public Optional<Boolean> flag(String key) {
    return text(key)
        .flatMap(
            text ->
                switch (text.value()) {
                  case "true" -> Optional.of(true);
                  case "false" -> Optional.of(false);
                  default -> invalid(text, "`" + key + "` is `true` or `false`");
                });
  }

  /// Takes a whole number, quoted or not, from `least` to `most` inclusive.
  public Optional<Integer> number(String key, int least, int most) {
    return text(key)
        .flatMap(
            text -> {
              var value = wholeNumber(text.value());
              if (value < least || value > most) {
                return invalid(text, "`%s` is a number from %d to %d".formatted(key, least, most));
              }
              return Optional.of((int) value);
            });
  }

  private static long wholeNumber(String text) {
    return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : Long.MIN_VALUE;
  }

  /// Takes one of several words.
  public <T> Optional<T> choice(
      String key, List<String> words, Function<String, Optional<T>> parse) {
    return text(key)
        .flatMap(
            text -> {
              var value = parse.apply(text.value());
              if (value.isEmpty()) {
                problems.add(notAmong(text, "`" + key + "`", words));
              }
              return value;
            });
  }

  /// Takes the items of a list. A single value or mapping counts as a list of one.
  public List<YamlNode> list(String key) {
    return node(key).map(Fields::items).orElse(List.of());
  }

  /// Returns the items of a list. Any other node counts as a list of one.
  public static List<YamlNode> items(YamlNode node) {
    return node instanceof Sequence(_, var items) ? items : List.of(node);
  }

  /// Takes a list of single values.
  public List<Text> texts(String key) {
    return list(key).stream()
        .flatMap(item -> text(item, "an item of `" + key + "`").stream())
        .toList();
  }

  /// Returns a single value as text and reports any other node.
  ///
  /// @param name the name of the value in messages
  public Optional<Text> text(YamlNode node, String name) {
    return text(node, name, problems);
  }

  /// Returns a single value as text and reports any other node.
  public static Optional<Text> text(YamlNode node, String name, Problems problems) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return Optional.of(scalar.located());
    }
    problems.add(wrongType(node, name + " is a single value"));
    return Optional.empty();
  }

  /// Reports the given keys as errors if present: the language has them, Testudo
  /// does not support them.
  public void notSupportedYet(String... keys) {
    for (var key : keys) {
      var place = spanOf(key);
      if (node(key).isPresent()) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.NOT_SUPPORTED_YET,
                    place,
                    "`%s` is not supported yet".formatted(key))
                .labelled("in " + what)
                .helped(removing(declared(key))));
      }
    }
  }

  private static String removing(Key key) {
    return key.standing() instanceof Standing.Refused(var without)
        ? "if you remove it, %s; therefore it is not left out silently".formatted(without)
        : "remove it";
  }

  /// Reports the given keys as warnings if present: the language has them, here
  /// they change nothing.
  public void withoutEffect(String reason, String... keys) {
    for (var key : keys) {
      var place = spanOf(key);
      if (node(key).isPresent()) {
        problems.add(
            Diagnostic.warning(
                    DiagnosticId.WITHOUT_EFFECT, place, "`%s` has no effect".formatted(key))
                .labelled(reason));
      }
    }
  }

  /// Reports an error if more than one of the given keys is present.
  public void exclusive(String... keys) {
    var present = List.of(keys).stream().filter(this::has).toList();
    if (present.size() > 1) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.CONFLICTING_KEYS,
                  spanOf(present.getLast()),
                  "`%s` and `%s` exclude each other"
                      .formatted(present.getFirst(), present.getLast()))
              .labelled("in " + what)
              .helped(
                  "keep one; `%s` is at %s"
                      .formatted(present.getFirst(), spanOf(present.getFirst()).place())));
    }
  }

  /// Reports every key that has not been taken. Call it last.
  public void noOthers() {
    left.values().forEach(entry -> reportUnknown(entry, known));
  }

  /// Reports every key that is not declared. Call it instead of [#noOthers()] if a mistake hides
  /// which of the declared keys this mapping can have.
  public void noUndeclared() {
    var declared = keys.all().stream().map(Key::name).toList();
    left.values().stream()
        .filter(entry -> !declared.contains(entry.key().text()))
        .forEach(entry -> reportUnknown(entry, declared));
  }

  private void reportUnknown(Entry entry, Collection<String> legal) {
    var key = entry.key();
    var diagnostic =
        Diagnostic.error(
                DiagnosticId.UNKNOWN_KEY,
                key.span(),
                "unknown key `%s` in %s".formatted(key.located().quotable(), what))
            .labelled("not a key of " + what);
    var near = problems.nearest(key.text(), legal);
    problems.add(
        near.map(word -> diagnostic.helped("did you mean `" + word + "`?"))
            .orElseGet(() -> diagnostic.helped("known keys: " + String.join(", ", legal))));
  }

  /// Reports a key that is required and missing.
  public void reportIfMissing(String key) {
    if (has(key)) {
      return;
    }
    var entry = mapping.entry(key);
    var message = entry.isPresent() ? "`%s` has no value" : "%s needs `%s`";
    problems.add(
        Diagnostic.error(
                DiagnosticId.MISSING_KEY,
                spanOf(key),
                entry.isPresent() ? message.formatted(key) : message.formatted(what, key))
            .labelled(
                entry.isPresent() ? "nothing follows" : "`%s` is missing here".formatted(key)));
  }

  private <T> Optional<T> invalid(Text text, String message) {
    problems.add(Diagnostic.error(DiagnosticId.INVALID_VALUE, text.span(), message));
    return Optional.empty();
  }

  /// Returns a diagnostic for a word that is not among the allowed ones.
  public static Diagnostic notAmong(Text text, String name, List<String> words) {
    var diagnostic =
        Diagnostic.error(
            DiagnosticId.INVALID_VALUE,
            text.span(),
            "`%s` is not a value of %s".formatted(text.quotable(), name));
    return Spelling.suggest(diagnostic, text.value(), words)
        .helped("it is one of " + String.join(", ", words));
  }

  private static Diagnostic wrongType(YamlNode node, String message) {
    var found =
        switch (node) {
          case Mapping _ -> "keys and values";
          case Sequence _ -> "a list";
          case Scalar scalar -> scalar.isNull() ? "nothing" : "a single value";
        };
    return Diagnostic.error(DiagnosticId.WRONG_TYPE, node.span(), message)
        .labelled("this is " + found);
  }
}
