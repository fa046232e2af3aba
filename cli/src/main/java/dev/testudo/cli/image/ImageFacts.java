package dev.testudo.cli.image;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.util.ArrayList;
import java.util.List;

/// What `testudo image inspect` says of an image.
public final class ImageFacts {
  private ImageFacts() {}

  /// A line: what, and how it is.
  record Fact(String name, String value) {
    @Override
    public String toString() {
      return name + " " + Printable.of(value);
    }
  }

  /// Returns the lines about an image.
  public static List<String> lines(OpenedImage image) {
    var lines = new ArrayList<String>();
    lines.add("image " + Printable.of(image.location().toString()));
    lines.add("digest " + image.parts().descriptor().digest());
    of(image.parts().config()).forEach(fact -> lines.add(fact.toString()));
    for (var i = 0; i < image.layers().size(); i++) {
      var layer = image.layers().get(i);
      var stored = image.parts().manifest().layers().get(i);
      lines.add(
          "layer %d %s: %d bytes, %d uncompressed, %d entries"
              .formatted(i + 1, layer.blob(), stored.size(), layer.size(), layer.entries().size()));
    }
    lines.add("files %d, %d bytes".formatted(image.tree().files().size(), bytes(image.tree())));
    return lines;
  }

  /// Returns what the configuration says.
  static List<Fact> of(ImageConfig config) {
    var facts = new ArrayList<Fact>();
    facts.add(new Fact("platform", config.platform().toString()));
    config.created().ifPresent(time -> facts.add(new Fact("created", time)));
    add(facts, config.container());
    return facts;
  }

  private static void add(List<Fact> facts, ContainerConfig container) {
    container.entrypoint().forEach(word -> facts.add(new Fact("entry point", word)));
    container.command().forEach(word -> facts.add(new Fact("command", word)));
    container.environment().forEach(text -> facts.add(new Fact("environment", text)));
    if (!container.user().isEmpty()) {
      facts.add(new Fact("user", container.user()));
    }
    if (!container.workingDirectory().isEmpty()) {
      facts.add(new Fact("working directory", container.workingDirectory()));
    }
    container.exposedPorts().forEach(port -> facts.add(new Fact("port", port)));
    container.volumes().forEach(path -> facts.add(new Fact("volume", path)));
    container
        .healthcheck()
        .ifPresent(check -> facts.add(new Fact("health check", String.join(" ", check.test()))));
    container.stopSignal().ifPresent(signal -> facts.add(new Fact("stop signal", signal)));
    container.labels().forEach((name, text) -> facts.add(new Fact("label", name + "=" + text)));
  }

  /// Returns the size of all files, each hard link once.
  private static long bytes(ImageTree tree) {
    return tree.files().stream()
        .map(ImageTree.Located::file)
        .distinct()
        .mapToLong(file -> file.node() instanceof LayerNode.RegularFile(var size, _) ? size : 0)
        .sum();
  }

  /// Returns the same as an object.
  public static JsonValue json(OpenedImage image) {
    var layers = new ArrayList<JsonValue>();
    for (var i = 0; i < image.layers().size(); i++) {
      var layer = image.layers().get(i);
      layers.add(
          new JsonBuilder()
              .put("digest", layer.blob().toString())
              .put("diff_id", layer.diffId().toString())
              .put("media_type", image.parts().manifest().layers().get(i).mediaType())
              .put("size", image.parts().manifest().layers().get(i).size())
              .put("uncompressed_size", layer.size())
              .put("entries", layer.entries().size())
              .build());
    }
    var config = image.parts().config();
    var container = config.container();
    return new JsonBuilder()
        .put("image", image.location().toString())
        .put("digest", image.parts().descriptor().digest().toString())
        .put("platform", config.platform().toString())
        .put("created", config.created())
        .put("entrypoint", container.entrypoint())
        .put("command", container.command())
        .put("environment", container.environment())
        .put("user", container.user())
        .put("working_directory", container.workingDirectory())
        .put("ports", List.copyOf(container.exposedPorts()))
        .put("volumes", List.copyOf(container.volumes()))
        .put("labels", container.labels())
        .put("layers", new JsonArray(layers))
        .put("files", image.tree().files().size())
        .put("bytes", bytes(image.tree()))
        .build();
  }
}
