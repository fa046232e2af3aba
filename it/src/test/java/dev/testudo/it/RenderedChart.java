package dev.testudo.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The objects that Helm makes of a chart, or that somebody would apply with kubectl.
///
/// @param text the objects as YAML documents
record RenderedChart(String text, List<JsonNode> objects) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Renders a chart as `helm template` does.
  ///
  /// @param values as for `--set`
  static RenderedChart of(Path chart, String release, Map<String, Object> values) {
    var command = new Helm(chart).template().withName(release).withNamespace("default");
    values.forEach(command::set);
    return read(command.call());
  }

  /// Reads objects from YAML documents.
  static RenderedChart read(String text) {
    var objects = new ArrayList<JsonNode>();
    for (var document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
      if (document != null) {
        objects.add(JSON.valueToTree(document));
      }
    }
    return new RenderedChart(text, List.copyOf(objects));
  }

  /// Returns all but the objects of one kind.
  RenderedChart without(String kind) {
    return new RenderedChart(
        text, objects.stream().filter(o -> !o.path("kind").asText().equals(kind)).toList());
  }

  List<JsonNode> ofKind(String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind)).toList();
  }

  JsonNode one(String kind, String name) {
    var found =
        ofKind(kind).stream()
            .filter(object -> object.at("/metadata/name").asText().equals(name))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(
          "%d objects of kind %s have the name %s:\n%s".formatted(found.size(), kind, name, text));
    }
    return found.getFirst();
  }

  /// Reads every object with the models that Kubernetes generates from its API, which know every
  /// field of it.
  ///
  /// @throws AssertionError if an object has a field that the API does not have
  void requireValid() {
    for (var object : objects) {
      var model = "io.kubernetes.client.openapi.models.V1" + object.path("kind").asText();
      try {
        Class.forName(model).getMethod("fromJson", String.class).invoke(null, object.toString());
      } catch (InvocationTargetException e) {
        throw new AssertionError(model + " refuses " + object.toPrettyString(), e);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("no model " + model, e);
      }
    }
  }
}
