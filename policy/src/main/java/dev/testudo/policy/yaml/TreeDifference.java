package dev.testudo.policy.yaml;

import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds what differs between two documents, whatever their layout. It names places and no values,
/// which may be secret.
public final class TreeDifference {
  /// How a place differs.
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED
  }

  /// One difference.
  ///
  /// @param path the place, such as `services[api].environment.PORT`; an element of a list is
  ///     named by its `name` if all have one, and else by its number from 1
  public record Change(String path, Kind kind) {}

  private final List<Change> changes = new ArrayList<>();
  private final int most;

  private TreeDifference(int most) {
    this.most = most;
  }

  /// Returns the differences in the order of `after`, then what only `before` has.
  ///
  /// @param most the most differences returned
  public static List<Change> between(YamlNode before, YamlNode after, int most) {
    var difference = new TreeDifference(most);
    difference.compare("", before, after);
    return List.copyOf(difference.changes);
  }

  private void compare(String path, YamlNode before, YamlNode after) {
    if (before instanceof Mapping old && after instanceof Mapping young) {
      members(path.isEmpty() ? "" : path + ".", "", entries(old), entries(young));
    } else if (before instanceof Sequence(_, var old) && after instanceof Sequence(_, var young)) {
      elements(path, old, young);
    } else if (!isSame(before, after)) {
      add(path, Kind.CHANGED);
    }
  }

  private void elements(String path, List<YamlNode> old, List<YamlNode> young) {
    var named = named(old).flatMap(before -> named(young).map(after -> List.of(before, after)));
    if (named.isPresent()) {
      members(path + "[", "]", named.get().getFirst(), named.get().getLast());
    } else {
      members(path + "[", "]", numbered(old), numbered(young));
    }
  }

  private void members(
      String prefix, String suffix, Map<String, YamlNode> old, Map<String, YamlNode> young) {
    young.forEach(
        (name, value) -> {
          var before = old.get(name);
          if (before == null) {
            add(prefix + name + suffix, Kind.ADDED);
          } else {
            compare(prefix + name + suffix, before, value);
          }
        });
    for (var name : old.keySet()) {
      if (!young.containsKey(name)) {
        add(prefix + name + suffix, Kind.REMOVED);
      }
    }
  }

  private void add(String path, Kind kind) {
    if (changes.size() < most) {
      changes.add(new Change(path, kind));
    }
  }

  private static boolean isSame(YamlNode before, YamlNode after) {
    return before instanceof Scalar(_, var old, var oldType)
        && after instanceof Scalar(_, var young, var youngType)
        && old.equals(young)
        && oldType == youngType;
  }

  private static Map<String, YamlNode> entries(Mapping mapping) {
    var entries = new LinkedHashMap<String, YamlNode>();
    mapping.entries().forEach(entry -> entries.put(entry.key().text(), entry.value()));
    return entries;
  }

  /// Returns the elements by name if each is a mapping with a name of its own.
  private static Optional<Map<String, YamlNode>> named(List<YamlNode> items) {
    var all = new LinkedHashMap<String, YamlNode>();
    for (var item : items) {
      if (item instanceof Mapping mapping
          && mapping.entry("name").map(YamlNode.Entry::value).orElse(item)
              instanceof Scalar(_, var name, _)
          && all.put(name, item) == null) {
        continue;
      }
      return Optional.empty();
    }
    return Optional.of(all);
  }

  private static Map<String, YamlNode> numbered(List<YamlNode> items) {
    var all = new LinkedHashMap<String, YamlNode>();
    for (var i = 0; i < items.size(); i++) {
      all.put(String.valueOf(i + 1), items.get(i));
    }
    return all;
  }
}
