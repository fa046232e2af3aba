package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Mount.Kind;
import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads what a container mounts, and reports volumes that lose their protection.
///
/// @param plain the names of volumes whose content may be readable for the operator
record MountReader(Tree tree, Report report, Set<String> plain) {
  MountReader {
    plain = Set.copyOf(plain);
  }

  private static final Set<String> TOLD_BY_CLUSTER = Set.of("downwardAPI", "serviceAccountToken");

  /// What the API server adds to pods, as `kubectl get -o yaml` shows it.
  private static final String TOKEN_OF_ACCOUNT = "kube-api-access-";

  List<Mount> read(Workload workload, Container container) {
    var mounts = new ArrayList<Mount>();
    for (var spec : tree.mappings(container.spec(), "volumeMounts")) {
      var name = tree.requiredText(spec, "name", "a mount");
      var path = tree.requiredText(spec, "mountPath", "a mount");
      if (name.isPresent() && path.isPresent()) {
        var volume = Optional.ofNullable(workload.volumes().get(name.get().value()));
        var isClaim = workload.object().kind().value().equals("StatefulSet");
        if (volume.isPresent() || isClaim) {
          var mount = new Mount(name.get(), path.get(), spec, volume, kind(volume));
          tell(workload, container, mount);
          tellOfVariables(container, mount);
          mounts.add(mount);
        } else {
          reportUnknown(name.get(), workload);
        }
      }
    }
    return mounts;
  }

  /// Returns what happens to a volume of a pod; empty for a claim of a StatefulSet.
  static Kind kind(Optional<Mapping> volume) {
    if (volume.isEmpty()) {
      return Kind.PLAIN;
    }
    var name = volume.get().entry("name").map(e -> e.value().plain().toString()).orElse("");
    var source = source(volume.get());
    if (name.startsWith(TOKEN_OF_ACCOUNT) || TOLD_BY_CLUSTER.contains(source)) {
      return Kind.CLUSTER;
    }
    return switch (source) {
      case "configMap", "secret", "projected" -> Kind.POLICY;
      case "emptyDir" -> Kind.SCRATCH;
      default -> Kind.PLAIN;
    };
  }

  /// Returns what the content of a volume comes from.
  private static String source(Mapping volume) {
    return volume.entries().stream()
        .map(entry -> entry.key().text())
        .filter(key -> !key.equals("name"))
        .findFirst()
        .orElse("emptyDir");
  }

  /// The container has no variables of its own any more.
  private void tellOfVariables(Container container, Mount mount) {
    if (mount.isKept() && tree.has(mount.spec(), "subPathExpr")) {
      report.advise(
          "%s: `subPathExpr` at %s can only name variables of the downward API"
              .formatted(container.service(), mount.folder()));
    }
  }

  private void tell(Workload workload, Container container, Mount mount) {
    var line = "%s: %s at %s".formatted(container.service(), described(mount), mount.folder());
    switch (mount.kind()) {
      case POLICY -> {}
      case SCRATCH -> report.readable(line + ": not encrypted");
      case CLUSTER -> report.left(line + ": the program must not trust what the cluster says");
      case PLAIN -> {
        report.readable(line + ": not encrypted, and the operator can change it");
        var name = mount.name().value();
        if (!plain.contains(name) && !workload.annotations().plainVolumes().contains(name)) {
          refuse(mount);
        }
      }
    }
  }

  private static String described(Mount mount) {
    return mount.volume().map(MountReader::source).orElse("claim") + " " + mount.name().value();
  }

  private void refuse(Mount mount) {
    tree.problems()
        .add(
            Diagnostic.error(
                    DiagnosticId.NOT_SUPPORTED_YET,
                    mount.path().span(),
                    "the content of volume `%s` would not be encrypted"
                        .formatted(mount.name().quotable()))
                .labelled("what is in it is in clear")
                .helped(
                    ("for new data, use `build.volumes` of the manifest; if the operator may read"
                            + " and change it, say so with `--plain-volumes %1$s` or the annotation"
                            + " `testudo.dev/plain-volumes: %1$s`; else remove the mount")
                        .formatted(mount.name().quotable())));
  }

  private void reportUnknown(Text name, Workload workload) {
    tree.problems()
        .addSuggesting(
            Diagnostic.error(
                DiagnosticId.UNKNOWN_VOLUME,
                name.span(),
                "the pod has no volume `%s`".formatted(name.quotable())),
            workload.volumes().keySet(),
            name.value());
  }
}
