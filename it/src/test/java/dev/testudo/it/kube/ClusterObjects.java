package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// What a test does to the objects of a cluster, past all roles.
public final class ClusterObjects {
  private final ObjectStore store;

  ClusterObjects(ObjectStore store) {
    this.store = store;
  }

  /// Creates an object of YAML or JSON.
  ///
  /// @throws AssertionError if the API refuses it
  public ObjectNode create(String yaml) {
    var object = parsed(yaml);
    try {
      return store.create(kind(object), namespace(object), object);
    } catch (ApiFault e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /// Replaces an object, and returns how the API refuses that: the reason, or nothing.
  public Optional<String> replace(String yaml) {
    var object = parsed(yaml);
    try {
      store.change(
          kind(object),
          namespace(object),
          object.at("/metadata/name").asText(),
          false,
          _ -> object);
      return Optional.empty();
    } catch (ApiFault e) {
      return Optional.of(e.reason());
    }
  }

  /// Merges a patch into the status of an object, as a kubelet or a controller would.
  public void status(String plural, String namespace, String name, Map<String, Object> status) {
    change(plural, namespace, name, true, Map.of("status", status));
  }

  /// Merges a patch into an object.
  public void merge(String plural, String namespace, String name, Map<String, Object> patch) {
    change(plural, namespace, name, false, patch);
  }

  private void change(
      String plural, String namespace, String name, boolean status, Map<String, Object> patch) {
    JsonNode tree = ClusterStandIn.JSON.valueToTree(patch);
    try {
      store.change(plural(plural), namespace, name, status, old -> Patches.merge(old, tree));
    } catch (ApiFault e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /// Deletes an object.
  public void delete(String plural, String namespace, String name) {
    try {
      store.delete(plural(plural), namespace, name);
    } catch (ApiFault e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /// Returns an object, if there is one.
  ///
  /// @param plural the kind, such as `pods`, or `cas.scone.cloud/signedpolicies` if it is not
  ///     unique
  public Optional<JsonNode> find(String plural, String namespace, String name) {
    try {
      return Optional.of(store.get(plural(plural), namespace, name));
    } catch (ApiFault e) {
      return Optional.empty();
    }
  }

  /// Returns all objects of a kind.
  public List<ObjectNode> all(String plural, String namespace) {
    try {
      return store.list(plural(plural), namespace);
    } catch (ApiFault e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /// Returns a condition of an object; missing if it has none.
  public JsonNode condition(String plural, String namespace, String name, String type) {
    var status = find(plural, namespace, name).map(one -> one.path("status"));
    if (status.isPresent()) {
      for (var one : status.get().path("conditions")) {
        if (one.path("type").asText().equals(type)) {
          return one;
        }
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  /// How often objects of a kind have changed.
  public long changes(String plural) throws AssertionError {
    return store.log().stream().filter(one -> one.kind().plural().equals(plural)).count();
  }

  private ApiKind plural(String plural) throws ApiFault {
    var parts = plural.split("/", 2);
    return store.kinds().stream()
        .filter(one -> one.plural().equals(parts[parts.length - 1]))
        .filter(one -> parts.length == 1 || one.group().equals(parts[0]))
        .findFirst()
        .orElseThrow(() -> ApiFault.notFound(plural));
  }

  private ApiKind kind(JsonNode object) {
    return store.kinds().stream()
        .filter(one -> one.kind().equals(object.path("kind").asText()))
        .filter(one -> one.apiVersion().equals(object.path("apiVersion").asText()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no kind for " + object));
  }

  private static String namespace(JsonNode object) {
    return object.at("/metadata/namespace").asText();
  }

  private static ObjectNode parsed(String yaml) {
    return ClusterStandIn.JSON.valueToTree(
        new Load(LoadSettings.builder().build()).loadFromString(yaml));
  }
}
