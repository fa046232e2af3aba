package dev.testudo.cli.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes the values of a chart for what a container still mounts.
record ChartVolumes(Tree tree) {
  private static final String TMP = "/tmp";

  /// Adds `writableFolders`, `volumes`, `volumeMounts` and `volumeClaimTemplates`.
  void add(ConvertedService service, Map<String, Object> values) {
    var folders = new LinkedHashSet<Object>();
    var names = new LinkedHashSet<String>();
    var mounts = new ArrayList<Object>();
    for (var mount : service.kept()) {
      if (isPlainFolder(mount)) {
        folders.add(mount.folder());
      } else if (!mount.folder().equals(TMP)) {
        names.add(mount.name().value());
        mounts.add(mount.spec().plain());
      }
    }
    folders.remove(TMP);
    put("writableFolders", List.copyOf(folders), values);
    put("volumes", volumes(service, names), values);
    put("volumeMounts", mounts, values);
    put("volumeClaimTemplates", claims(service, names), values);
  }

  /// Returns true for an emptyDir that only this mount uses, and about which nothing else is said.
  private static boolean isPlainFolder(Mount mount) {
    var isBare =
        mount.volume().flatMap(v -> v.entry("emptyDir")).map(e -> e.value().plain()).stream()
            .anyMatch(Map.of()::equals);
    return mount.kind() == Mount.Kind.SCRATCH && isBare && mount.spec().entries().size() == 2;
  }

  private static List<Object> volumes(ConvertedService service, LinkedHashSet<String> names) {
    return names.stream()
        .flatMap(name -> Optional.ofNullable(service.workload().volumes().get(name)).stream())
        .map(volume -> volume.plain())
        .toList();
  }

  private List<Object> claims(ConvertedService service, LinkedHashSet<String> names) {
    var claims = new ArrayList<Object>();
    var root = service.workload().object().root();
    tree.mapping(root, "spec")
        .ifPresent(
            spec -> {
              for (var claim : tree.mappings(spec, "volumeClaimTemplates")) {
                var name = tree.mapping(claim, "metadata").flatMap(m -> tree.text(m, "name"));
                if (name.filter(n -> names.contains(n.value())).isPresent()) {
                  var kept = new LinkedHashMap<String, Object>();
                  kept.put("metadata", Map.of("name", name.orElseThrow().value()));
                  tree.node(claim, "spec").ifPresent(s -> kept.put("spec", s.plain()));
                  claims.add(kept);
                }
              }
            });
    return claims;
  }

  private static void put(String key, List<Object> items, Map<String, Object> values) {
    if (!items.isEmpty()) {
      values.put(key, items);
    }
  }
}
