package dev.testudo.policy.yaml;

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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The keys of a mapping, taken out one by one with the type expected. What is missing, of the
/// wrong type or left over is reported. A key without a value (`key:`) counts as absent.
public final class Fields {
  private final Mapping mapping;
  private final String what;
  private final Problems problems;
  private final Map<String, Entry> left = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  private Fields(Mapping mapping, String what, Problems problems) {
    this.mapping = mapping;
    this.what = what;
    this.problems = problems;
    mapping.entries().forEach(entry -> left.put(entry.key().text(), entry));
  }

  /// The fields of `node`, which must be a mapping.
  ///
  /// @param what how messages call it: "a service"
  public static Optional<Fields> of(YamlNode node, String what, Problems problems) {
    if (node instanceof Mapping mapping) {
      return Optional.of(new Fields(mapping, what, problems));
    }
    problems.add(wrongType(node, what + " has keys and values"));
    return Optional.empty();
  }

  /// Where the mapping is written: its first key, which is short enough to be shown.
  public Span span() {
    return mapping.entries().isEmpty() ? mapping.span() : mapping.entries().getFirst().key().span();
  }

  /// The place of a key, or of the mapping where the key is absent.
  public Span spanOf(String key) {
    return mapping.entry(key).map(entry -> entry.key().span()).orElseGet(this::span);
  }

  /// True if the key is there with a value.
  public boolean has(String key) {
    return mapping.entry(key).filter(entry -> !entry.value().isNull()).isPresent();
  }

  /// True if the key is there, even without a value.
  public boolean declares(String key) {
    return mapping.entry(key).isPresent();
  }

  /// The single value of a key, which stays to be taken; nothing is reported.
  public Optional<Text> peek(String key) {
    return mapping
        .entry(key)
        .map(Entry::value)
        .filter(value -> !value.isNull())
        .filter(Scalar.class::isInstance)
        .map(value -> ((Scalar) value).located());
  }

  /// The value of a key, whatever it is.
  public Optional<YamlNode> node(String key) {
    known.add(key);
    return Optional.ofNullable(left.remove(key)).map(Entry::value).filter(value -> !value.isNull());
  }

  /// A single value as text, whether it looks like a string, a number or a truth value.
  public Optional<Text> text(String key) {
    return node(key).flatMap(value -> text(value, "`" + key + "`"));
  }

  /// The same for a key that must be there.
  public Optional<Text> requiredText(String key) {
    reportIfMissing(key);
    return text(key);
  }

  /// The value of a key that must be there.
  public Optional<YamlNode> requiredNode(String key) {
    reportIfMissing(key);
    return node(key);
  }

  /// `true` or `false`, quoted or not.
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

  /// A whole number, quoted or not.
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

  /// One of several words.
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

  /// The items of a list; a single value or mapping is a list of one.
  public List<YamlNode> list(String key) {
    return node(key).map(Fields::items).orElse(List.of());
  }

  /// The items of a list that may be written as its only item.
  public static List<YamlNode> items(YamlNode node) {
    return node instanceof Sequence(_, var items) ? items : List.of(node);
  }

  /// A list of single values.
  public List<Text> texts(String key) {
    return list(key).stream()
        .flatMap(item -> text(item, "an item of `" + key + "`").stream())
        .toList();
  }

  /// A single value as text.
  ///
  /// @param name how messages call it
  public Optional<Text> text(YamlNode node, String name) {
    return text(node, name, problems);
  }

  /// A single value as text; anything else is reported.
  public static Optional<Text> text(YamlNode node, String name, Problems problems) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return Optional.of(scalar.located());
    }
    problems.add(wrongType(node, name + " is a single value"));
    return Optional.empty();
  }

  /// Keys that the language has and we do not support: an error where they are used.
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
                .helped(
                    "remove it; it is refused because leaving it out silently would be unsafe"));
      }
    }
  }

  /// Keys that the language has and that change nothing here.
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

  /// Reports keys that contradict each other: of `keys` one at most may be there.
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

  /// Reports the keys that nobody asked for. The last thing to do with the fields.
  public void noOthers() {
    for (var entry : left.values()) {
      var key = entry.key();
      var diagnostic =
          Diagnostic.error(
                  DiagnosticId.UNKNOWN_KEY,
                  key.span(),
                  "unknown key `%s` in %s".formatted(key.text(), what))
              .labelled("not a key of " + what);
      var near = problems.nearest(key.text(), known);
      problems.add(
          near.map(word -> diagnostic.helped("did you mean `" + word + "`?"))
              .orElseGet(() -> diagnostic.helped("known keys: " + String.join(", ", known))));
    }
  }

  /// Reports a key that must be there and is not.
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

  /// What to say about a word that is not among those allowed.
  public static Diagnostic notAmong(Text text, String name, List<String> words) {
    var diagnostic =
        Diagnostic.error(
            DiagnosticId.INVALID_VALUE,
            text.span(),
            "`%s` is not a value of %s".formatted(text.value(), name));
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
