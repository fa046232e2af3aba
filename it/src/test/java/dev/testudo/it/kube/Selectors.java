package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;

/// Label and field selectors.
final class Selectors {
  private Selectors() {}

  static boolean match(JsonNode object, Map<String, String> query) {
    var labels = object.at("/metadata/labels");
    for (var one : query.getOrDefault("labelSelector", "").split(",(?![^(]*\\))", -1)) {
      if (!one.isBlank() && !label(labels, one.strip())) {
        return false;
      }
    }
    for (var one : query.getOrDefault("fieldSelector", "").split(",", -1)) {
      var parts = one.split("==?", 2);
      if (parts.length == 2
          && !object.at("/" + parts[0].replace('.', '/')).asText().equals(parts[1])) {
        return false;
      }
    }
    return true;
  }

  private static boolean label(JsonNode labels, String selector) {
    if (selector.startsWith("!")) {
      return !labels.has(selector.substring(1));
    }
    var set = selector.split(" (?=in \\(|notin \\()", 2);
    if (set.length == 2) {
      var values = set[1].replaceAll("^(not)?in \\(|\\)$", "").split(" *, *", -1);
      var among = Arrays.asList(values).contains(labels.path(set[0]).asText());
      return set[1].startsWith("in") == among;
    }
    if (selector.contains("!=")) {
      var parts = selector.split("!=", 2);
      return !labels.path(parts[0]).asText().equals(parts[1]);
    }
    var parts = selector.split("==?", 2);
    return parts.length == 1
        ? labels.has(parts[0])
        : labels.has(parts[0]) && labels.path(parts[0]).asText().equals(parts[1]);
  }
}
