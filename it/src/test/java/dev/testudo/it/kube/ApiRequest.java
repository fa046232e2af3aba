package dev.testudo.it.kube;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a request names.
///
/// @param namespace empty for all namespaces, or a kind that has none
/// @param name empty for the collection
/// @param subresource such as `status`, or empty
record ApiRequest(
    String group,
    String version,
    String plural,
    String namespace,
    String name,
    String subresource,
    Map<String, String> query) {

  static ApiRequest of(URI uri) throws ApiFault {
    var rest = new ArrayList<>(Arrays.asList(uri.getPath().substring(1).split("/", -1)));
    var root = rest.removeFirst();
    if (!(root.equals("api") && rest.size() >= 2) && !(root.equals("apis") && rest.size() >= 3)) {
      throw ApiFault.notFound(uri.getPath());
    }
    var group = root.equals("api") ? "" : rest.removeFirst();
    var version = rest.removeFirst();
    var namespace = "";
    if (rest.size() > 2 && rest.getFirst().equals("namespaces")) {
      rest.removeFirst();
      namespace = rest.removeFirst();
    }
    return new ApiRequest(
        group, version, at(rest, 0), namespace, at(rest, 1), at(rest, 2), query(uri));
  }

  private static String at(List<String> parts, int index) {
    return index < parts.size() ? parts.get(index) : "";
  }

  private static Map<String, String> query(URI uri) {
    var all = new HashMap<String, String>();
    if (uri.getRawQuery() != null) {
      for (var pair : uri.getRawQuery().split("&", -1)) {
        var parts = pair.split("=", 2);
        all.put(
            parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
      }
    }
    return all;
  }

  boolean isWatch() {
    return query.getOrDefault("watch", "").matches("true|1");
  }

  /// The verb of RBAC.
  String verb(String method) {
    return switch (method) {
      case "GET" -> isWatch() ? "watch" : name.isEmpty() ? "list" : "get";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      default -> name.isEmpty() ? "deletecollection" : "delete";
    };
  }

  /// The resource of RBAC.
  String resource() {
    return subresource.isEmpty() ? plural : plural + "/" + subresource;
  }
}
