package dev.testudo.cli.convert;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.Map;

/// Reads the files of scone-td-build, `Apply` and `Register` of `scone.cloud/v1`, as far as their
/// meaning is public. They are orders to that tool and no objects of a cluster.
record SconeObjects(Tree tree, Report report) {
  /// What such an object is called.
  static final String WHAT = "an order to scone-td-build";

  private static final String GROUP = "scone.cloud/";

  static boolean isOne(KubernetesObject object) {
    return isOne(object.version());
  }

  static boolean isOne(String version) {
    return version.startsWith(GROUP);
  }

  /// Returns an order as an object. It needs no `metadata`.
  static KubernetesObject object(Text kind, Text version, Mapping root) {
    var none = new ObjectAnnotations(Map.of());
    return new KubernetesObject(kind, version.value(), kind, root, root, none);
  }

  /// Says what an order means here.
  void read(KubernetesObject object) {
    var spec = tree.mapping(object.root(), "spec");
    var described = "%s (%s)".formatted(object.kind().value(), object.kind().span().place());
    switch (object.kind().value()) {
      case "Apply" -> {
        report.left(described + ": " + WHAT);
        spec.ifPresent(
            s ->
                tree.textOrTexts(s, "file")
                    .forEach(file -> line(described, "file", file, "give it with `-f`")));
        spec.flatMap(s -> tree.mapping(s, "cas_address"))
            .flatMap(cas -> tree.text(cas, "address"))
            .ifPresent(text -> line(described, "cas_address", text, "give it with `--cas`"));
      }
      case "Register" -> {
        report.left(described + ": " + WHAT);
        spec.flatMap(s -> tree.text(s, "destination_image"))
            .ifPresent(
                text ->
                    line(
                        described, "destination_image", text, "new images are below `--registry`"));
      }
      default -> report.left(described + ": an object of SCONE that is not known here");
    }
    spec.ifPresent(
        s -> {
          for (var key : new String[] {"session_env", "manifest_env", "enforce"}) {
            if (tree.has(s, key)) {
              report.left("  %s: `%s` has no meaning here".formatted(described, key));
            }
          }
        });
  }

  private void line(String described, String key, Text text, String advice) {
    report.left("  %s: `%s: %s`: %s".formatted(described, key, text.value(), advice));
  }
}
