package dev.testudo.cli.vm;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Measurements for the session of a service. They replace the values that stand there, and change
/// nothing else of its text.
///
/// @param kind the key of the rule, such as `sev_snp`
/// @param values the values of each key under it; `rtmr.2` is a key of a key
public record SessionValues(String kind, SequencedMap<String, List<String>> values) {

  /// A value in a text, and what replaces it.
  private record Change(Span place, String text) {}

  /// Returns the text of a session with the values.
  ///
  /// @param service whose rule is changed; without it, the session has only one service
  /// @throws CommandFailed if the session is not as it must be for that; it says what to write
  public String in(SourceFile session, Optional<String> service) throws CommandFailed {
    var root = root(session);
    var rule = rule(session, service(session, root, service));
    var changes = new ArrayList<Change>();
    for (var one : values.entrySet()) {
      changes.addAll(changes(session, root, value(session, rule, one.getKey()), one));
    }
    changes.sort(Comparator.comparingInt((Change change) -> change.place().start()).reversed());
    var text = new StringBuilder(session.text());
    changes.forEach(
        change -> text.replace(change.place().start(), change.place().end(), change.text()));
    return checked(new SourceFile(session.name(), text.toString()), service);
  }

  /// Reads the changed text again, so that nothing is written that reads otherwise.
  private String checked(SourceFile changed, Optional<String> service) throws CommandFailed {
    var rule = rule(changed, service(changed, root(changed), service));
    for (var one : values.entrySet()) {
      if (!texts(value(changed, rule, one.getKey())).equals(one.getValue())) {
        throw refused(changed, rule.span(), "the place of `%s` is too unusual".formatted(kind));
      }
    }
    return changed.text();
  }

  private static Mapping root(SourceFile session) throws CommandFailed {
    if (Yaml.read(session) instanceof Parsed.Valid<YamlNode>(Mapping root, _)) {
      return root;
    }
    throw CommandFailed.input(
        "%s is no session; `testudo session check` says what is wrong with it"
            .formatted(session.name()));
  }

  private Mapping service(SourceFile session, Mapping root, Optional<String> name)
      throws CommandFailed {
    var found =
        items(root, "services").stream()
            .filter(one -> name.isEmpty() || text(one, "name").equals(name))
            .toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw CommandFailed.input(
        name.map(
                wanted ->
                    "%s has %d services with the name `%s`; name one with `--service`"
                        .formatted(session.name(), found.size(), wanted))
            .orElseGet(
                () ->
                    "%s has %d services; name one with `--service`"
                        .formatted(session.name(), found.size())));
  }

  private Mapping rule(SourceFile session, Mapping service) throws CommandFailed {
    var found =
        items(service, "attestation").stream()
            .flatMap(rule -> rule.entry(kind).map(Entry::value).stream())
            .toList();
    if (found.size() == 1 && found.getFirst() instanceof Mapping rule) {
      return rule;
    }
    throw refused(
        session,
        service.span(),
        "the service has %d rules `%s` under `attestation`, and must have one"
            .formatted(found.size(), kind));
  }

  private YamlNode value(SourceFile session, Mapping rule, String path) throws CommandFailed {
    YamlNode node = rule;
    for (var key : path.split("\\.")) {
      var next = node instanceof Mapping keys ? keys.entry(key) : Optional.<Entry>empty();
      if (next.isEmpty()) {
        throw refused(session, rule.span(), "the rule has no `%s`".formatted(path));
      }
      node = next.get().value();
    }
    return node;
  }

  private List<Change> changes(
      SourceFile session, Mapping root, YamlNode node, Map.Entry<String, List<String>> to)
      throws CommandFailed {
    if (texts(node).equals(to.getValue())) {
      return List.of();
    }
    if (occurrences(root, node.span()) != 1) {
      throw refused(session, node.span(), "an alias repeats the value");
    }
    var written = node.span().text();
    if (written.isEmpty() || written.contains("$") || "&*!|>".indexOf(written.charAt(0)) >= 0) {
      throw refused(session, node.span(), "a value must stand there, and it alone");
    }
    if (node instanceof Sequence(_, var items) && items.size() == to.getValue().size()) {
      var changes = new ArrayList<Change>();
      for (var i = 0; i < items.size(); i++) {
        changes.add(new Change(items.get(i).span(), quoted(to.getValue().get(i))));
      }
      return changes;
    }
    var isList = node instanceof Sequence;
    if (node instanceof Mapping
        || (isList && (!written.startsWith("[") || written.contains("#")))) {
      throw refused(
          session,
          node.span(),
          "the list has another length, and comments or lines that would be lost");
    }
    return List.of(new Change(node.span(), list(to.getValue())));
  }

  private static long occurrences(YamlNode node, Span span) {
    var here = node.span().equals(span) ? 1 : 0;
    return here
        + switch (node) {
          case Mapping(_, var entries) ->
              entries.stream().mapToLong(entry -> occurrences(entry.value(), span)).sum();
          case Sequence(_, var items) ->
              items.stream().mapToLong(item -> occurrences(item, span)).sum();
          case Scalar _ -> 0;
        };
  }

  private static List<Mapping> items(Mapping node, String key) {
    return node.entry(key).map(Entry::value).stream()
        .flatMap(
            value ->
                value instanceof Sequence(_, var items)
                    ? items.stream()
                    : List.<YamlNode>of().stream())
        .flatMap(
            item ->
                item instanceof Mapping one ? List.of(one).stream() : List.<Mapping>of().stream())
        .toList();
  }

  private static Optional<String> text(Mapping node, String key) {
    return node.entry(key)
        .map(Entry::value)
        .flatMap(
            value ->
                value instanceof Scalar scalar ? Optional.of(scalar.text()) : Optional.empty());
  }

  private static List<String> texts(YamlNode node) {
    return switch (node) {
      case Scalar scalar -> List.of(scalar.text());
      case Sequence(_, var items) -> items.stream().flatMap(item -> texts(item).stream()).toList();
      case Mapping _ -> List.of();
    };
  }

  private static String list(List<String> values) {
    var all = values.stream().map(SessionValues::quoted).toList();
    return all.size() == 1 ? all.getFirst() : "[" + String.join(", ", all) + "]";
  }

  /// Without quotes, some digests would be numbers.
  private static String quoted(String value) {
    return "\"" + value + "\"";
  }

  /// Returns the rule as a session has it, in one line.
  String rule() {
    var parts = new LinkedHashMap<String, List<String>>();
    values.forEach(
        (path, all) -> {
          var keys = path.split("\\.", 2);
          var written = "%s: %s".formatted(keys[keys.length - 1], list(all));
          parts
              .computeIfAbsent(keys.length == 1 ? "" : keys[0], _ -> new ArrayList<>())
              .add(written);
        });
    var written = new ArrayList<>(parts.getOrDefault("", List.of()));
    parts.remove("");
    parts.forEach((key, inner) -> written.add("%s: {%s}".formatted(key, String.join(", ", inner))));
    return "%s: {%s}".formatted(kind, String.join(", ", written));
  }

  private CommandFailed refused(SourceFile session, Span place, String why) {
    return CommandFailed.input(
        "%s: %s; nothing was changed in %s. Write under `attestation` of the service: `- %s`"
            .formatted(place.place(), why, session.name(), rule()));
  }
}
