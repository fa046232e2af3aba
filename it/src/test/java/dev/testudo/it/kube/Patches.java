package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;

/// The ways to change an object by a patch.
final class Patches {
  private Patches() {}

  /// RFC 7396.
  static ObjectNode merge(ObjectNode object, JsonNode patch) {
    var result = object.deepCopy();
    patch
        .properties()
        .forEach(
            member -> {
              var name = member.getKey();
              var value = member.getValue();
              if (value.isNull()) {
                result.remove(name);
              } else if (value instanceof ObjectNode changes) {
                var old = result.get(name) instanceof ObjectNode had ? had : result.objectNode();
                result.set(name, merge(old, changes));
              } else {
                result.set(name, value.deepCopy());
              }
            });
    return result;
  }

  /// A strategic merge, in which lists of things with a name, a port or a mount path are merged by
  /// these. Its directives only keep the order of lists, which nothing here looks at.
  static ObjectNode strategic(ObjectNode object, JsonNode patch) {
    var result = object.deepCopy();
    patch
        .properties()
        .forEach(
            member -> {
              var name = member.getKey();
              var value = member.getValue();
              if (name.startsWith("$")) {
                return;
              }
              if (value.isNull()) {
                result.remove(name);
              } else if (value instanceof ObjectNode changes) {
                var old = result.get(name) instanceof ObjectNode had ? had : result.objectNode();
                result.set(name, strategic(old, changes));
              } else if (value instanceof ArrayNode changes
                  && result.get(name) instanceof ArrayNode had) {
                result.set(name, mergedList(had, changes));
              } else {
                result.set(name, value.deepCopy());
              }
            });
    return result;
  }

  private static ArrayNode mergedList(ArrayNode old, ArrayNode changes) {
    var key = mergeKey(changes);
    if (key.isEmpty()) {
      return changes.deepCopy();
    }
    var result = old.deepCopy();
    for (var change : changes) {
      var index = -1;
      for (int i = 0; i < result.size(); i++) {
        if (result.get(i).path(key).equals(change.path(key))) {
          index = i;
        }
      }
      if (change.path("$patch").asText().equals("delete")) {
        if (index >= 0) {
          result.remove(index);
        }
      } else if (index < 0) {
        result.add(change.deepCopy());
      } else {
        result.set(index, strategic((ObjectNode) result.get(index), change));
      }
    }
    return result;
  }

  private static String mergeKey(ArrayNode list) {
    for (var key : new String[] {"name", "mountPath", "containerPort", "port"}) {
      var all = !list.isEmpty();
      for (var one : list) {
        all &= one.has(key);
      }
      if (all) {
        return key;
      }
    }
    return "";
  }

  /// Server-side apply of one field manager: what it applied before and does not name any more goes
  /// away. Lists belong to one manager as a whole.
  ///
  /// @param last what the manager applied last
  static ObjectNode apply(ObjectNode object, JsonNode last, JsonNode wanted) {
    var result = object.deepCopy();
    for (var name : names(last)) {
      if (!wanted.has(name)) {
        var owned = last.get(name);
        if (owned instanceof ObjectNode && result.get(name) instanceof ObjectNode had) {
          result.set(name, apply(had, owned, had.objectNode()));
        } else {
          result.remove(name);
        }
      }
    }
    for (var name : names(wanted)) {
      var value = wanted.get(name);
      if (value instanceof ObjectNode) {
        var had = result.get(name) instanceof ObjectNode old ? old : result.objectNode();
        result.set(name, apply(had, last.path(name), value));
      } else if (!value.isNull()) {
        result.set(name, value.deepCopy());
      }
    }
    return result;
  }

  private static Iterable<String> names(JsonNode object) {
    var all = new ArrayList<String>();
    object.fieldNames().forEachRemaining(all::add);
    return all;
  }
}
