package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/// Says which kinds of objects there are.
final class ClusterDiscovery {
  private ClusterDiscovery() {}

  static Optional<JsonNode> answer(String path, List<ApiKind> kinds) {
    var parts = path.substring(1).split("/", -1);
    var core = parts[0].equals("api");
    if (path.equals("/version")) {
      return Optional.of(
          object().put("major", "1").put("minor", "32").put("gitVersion", "v1.32.0"));
    }
    if (core && parts.length == 1) {
      var versions = object().put("kind", "APIVersions");
      versions.putArray("versions").add("v1");
      return Optional.of(versions);
    }
    if (path.equals("/apis")) {
      return Optional.of(groups(kinds));
    }
    if (core && parts.length == 2) {
      return Optional.of(resources("", parts[1], kinds));
    }
    if (parts[0].equals("apis") && parts.length == 3) {
      return Optional.of(resources(parts[1], parts[2], kinds));
    }
    return Optional.empty();
  }

  private static ObjectNode object() {
    return ClusterStandIn.JSON.createObjectNode();
  }

  private static ObjectNode groups(List<ApiKind> kinds) {
    var list = object().put("kind", "APIGroupList").put("apiVersion", "v1");
    var groups = list.putArray("groups");
    kinds.stream()
        .filter(kind -> !kind.group().isEmpty())
        .map(kind -> List.of(kind.group(), kind.version()))
        .distinct()
        .forEach(
            pair -> {
              var version =
                  object()
                      .put("groupVersion", pair.get(0) + "/" + pair.get(1))
                      .put("version", pair.get(1));
              var group = groups.addObject().put("name", pair.getFirst());
              group.putArray("versions").add(version);
              group.set("preferredVersion", version);
            });
    return list;
  }

  private static ObjectNode resources(String group, String version, List<ApiKind> kinds) {
    var list =
        object()
            .put("kind", "APIResourceList")
            .put("apiVersion", "v1")
            .put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    var resources = list.putArray("resources");
    kinds.stream()
        .filter(kind -> kind.group().equals(group) && kind.version().equals(version))
        .forEach(
            kind ->
                resources
                    .addObject()
                    .put("name", kind.plural())
                    .put("singularName", kind.kind().toLowerCase(java.util.Locale.ROOT))
                    .put("kind", kind.kind())
                    .put("namespaced", kind.namespaced())
                    .putArray("verbs")
                    .add("get")
                    .add("list")
                    .add("watch")
                    .add("create")
                    .add("update")
                    .add("patch")
                    .add("delete"));
    return list;
  }
}
