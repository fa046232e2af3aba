package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// The objects of a cluster and what has happened to them, like etcd. It outlives the server.
final class ObjectStore {
  /// Something that happened.
  record Happened(long version, ApiKind kind, String type, ObjectNode object) {}

  private final List<ApiKind> kinds = new CopyOnWriteArrayList<>(ApiKind.builtIn());
  private final TreeMap<String, ObjectNode> objects = new TreeMap<>();
  private final Map<String, JsonNode> applied = new HashMap<>();
  private final List<Happened> log = new ArrayList<>();
  private long version = 1;

  List<ApiKind> kinds() {
    return kinds;
  }

  ApiKind kind(String group, String version, String plural) throws ApiFault {
    return kinds.stream()
        .filter(
            one ->
                one.group().equals(group)
                    && one.version().equals(version)
                    && one.plural().equals(plural))
        .findFirst()
        .orElseThrow(() -> ApiFault.notFound(group + "/" + plural));
  }

  private static String prefix(ApiKind kind, String namespace) {
    return kind.group() + "/" + kind.plural() + "/" + (namespace.isEmpty() ? "" : namespace + "/");
  }

  private static String key(ApiKind kind, String namespace, String name) {
    return kind.group() + "/" + kind.plural() + "/" + namespace + "/" + name;
  }

  synchronized long version() {
    return version;
  }

  synchronized List<ObjectNode> list(ApiKind kind, String namespace) {
    var prefix = prefix(kind, namespace);
    return objects.subMap(prefix, prefix + Character.MAX_VALUE).values().stream()
        .map(ObjectNode::deepCopy)
        .toList();
  }

  synchronized ObjectNode get(ApiKind kind, String namespace, String name) throws ApiFault {
    var found = objects.get(key(kind, namespace, name));
    if (found == null) {
      throw ApiFault.notFound("%s \"%s/%s\"".formatted(kind.plural(), namespace, name));
    }
    return found.deepCopy();
  }

  synchronized ObjectNode create(ApiKind kind, String namespace, ObjectNode object)
      throws ApiFault {
    var metadata = object.withObject("/metadata");
    var name = metadata.path("name").asText();
    if (objects.containsKey(key(kind, namespace, name))) {
      throw new ApiFault(409, "AlreadyExists", "%s %s exists".formatted(kind.plural(), name));
    }
    if (kind.namespaced()) {
      metadata.put("namespace", namespace);
    }
    if (kind.hasStatus() && kind.isCustom()) {
      object.remove("status");
    }
    ObjectRules.check(kind, object, MissingNode.getInstance());
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    metadata.put("generation", 1);
    if (kind.plural().equals("customresourcedefinitions")) {
      var defined = ApiKind.definedBy(object);
      kinds.removeIf(
          one -> one.group().equals(defined.group()) && one.plural().equals(defined.plural()));
      kinds.add(defined);
    }
    return put(kind, namespace, name, object, "ADDED");
  }

  /// Changes an object by a function of it.
  ///
  /// @param status true for the subresource; otherwise the status stays as it is
  synchronized ObjectNode change(
      ApiKind kind, String namespace, String name, boolean status, UnaryOperator<ObjectNode> change)
      throws ApiFault {
    var before = get(kind, namespace, name);
    var after = change.apply(before.deepCopy());
    var asked = after.at("/metadata/resourceVersion").asText();
    if (!asked.isEmpty() && !asked.equals(before.at("/metadata/resourceVersion").asText())) {
      throw new ApiFault(409, "Conflict", "%s %s has changed".formatted(kind.plural(), name));
    }
    if (status) {
      var whole = before.deepCopy();
      whole.set("status", after.get("status"));
      after = whole;
    } else if (kind.hasStatus() && before.has("status")) {
      after.set("status", before.get("status"));
    } else if (kind.isCustom() && kind.hasStatus()) {
      after.remove("status");
    }
    var metadata = after.withObject("/metadata");
    for (var kept : List.of("uid", "creationTimestamp", "generation", "namespace", "name")) {
      if (before.path("metadata").has(kept)) {
        metadata.set(kept, before.path("metadata").get(kept));
      }
    }
    ObjectRules.check(kind, after, before);
    if (!after.path("spec").equals(before.path("spec"))) {
      metadata.put("generation", before.at("/metadata/generation").asLong() + 1);
    }
    metadata.set("resourceVersion", before.at("/metadata/resourceVersion"));
    return after.equals(before) ? before : put(kind, namespace, name, after, "MODIFIED");
  }

  /// Server-side apply.
  synchronized ObjectNode apply(
      ApiKind kind,
      String namespace,
      String name,
      boolean status,
      String manager,
      ObjectNode wanted)
      throws ApiFault {
    var key = key(kind, namespace, name) + (status ? "/status/" : "/") + manager;
    ObjectNode result;
    if (objects.containsKey(key(kind, namespace, name))) {
      var last = applied.getOrDefault(key, MissingNode.getInstance());
      result = change(kind, namespace, name, status, before -> Patches.apply(before, last, wanted));
    } else if (status) {
      throw ApiFault.notFound(name);
    } else {
      result = create(kind, namespace, wanted.deepCopy());
    }
    applied.put(key, wanted.deepCopy());
    return result;
  }

  synchronized ObjectNode delete(ApiKind kind, String namespace, String name) throws ApiFault {
    var object = get(kind, namespace, name);
    objects.remove(key(kind, namespace, name));
    var gone = happened(kind, object, "DELETED");
    var uid = object.at("/metadata/uid").asText();
    for (var owned : List.copyOf(objects.values())) {
      for (var owner : owned.at("/metadata/ownerReferences")) {
        if (owner.path("uid").asText().equals(uid)) {
          var kindOf = kindOf(owned);
          delete(
              kindOf,
              owned.at("/metadata/namespace").asText(),
              owned.at("/metadata/name").asText());
        }
      }
    }
    return gone;
  }

  private ApiKind kindOf(JsonNode object) {
    return kinds.stream()
        .filter(one -> one.kind().equals(object.path("kind").asText()))
        .filter(one -> one.apiVersion().equals(object.path("apiVersion").asText()))
        .findFirst()
        .orElseThrow();
  }

  private ObjectNode put(
      ApiKind kind, String namespace, String name, ObjectNode object, String type) {
    objects.put(key(kind, kind.namespaced() ? namespace : "", name), object);
    return happened(kind, object, type);
  }

  private ObjectNode happened(ApiKind kind, ObjectNode object, String type) {
    version++;
    object.withObject("/metadata").put("resourceVersion", Long.toString(version));
    log.add(new Happened(version, kind, type, object.deepCopy()));
    notifyAll();
    return object.deepCopy();
  }

  /// Waits for something after `since`.
  synchronized List<Happened> after(long since) throws InterruptedException {
    while (version <= since) {
      wait();
    }
    var from = log.size();
    while (from > 0 && log.get(from - 1).version() > since) {
      from--;
    }
    return List.copyOf(log.subList(from, log.size()));
  }

  /// Everything that happened, for tests.
  synchronized List<Happened> log() {
    return List.copyOf(log);
  }
}
