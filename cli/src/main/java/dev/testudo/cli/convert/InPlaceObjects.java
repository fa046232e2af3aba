package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Conversion.OutputFile;
import dev.testudo.cli.convert.NetworkRule.Policy;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes objects again, with confidential pods. Other objects stay as they are, without what a
/// cluster has added to them.
final class InPlaceObjects {
  private static final String FOLDER = "in_place/";

  /// What a cluster adds to `metadata`.
  private static final List<String> OF_CLUSTER =
      List.of(
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "generation",
          "managedFields",
          "resourceVersion",
          "selfLink",
          "uid");

  private final InPlaceMesh mesh;
  private final NetworkConverter network;
  private final Report report;
  private final IdentityHashMap<Mapping, List<ConvertedService>> services = new IdentityHashMap<>();
  private final IdentityHashMap<Mapping, Policy> policies = new IdentityHashMap<>();
  private final IdentityHashMap<KubernetesObject, Draft> drafts = new IdentityHashMap<>();

  /// Pods whose agents can be asked, and those whose agents can connect to CAS.
  private final Set<Mapping> probedPods = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Mapping> connectingPods = Collections.newSetFromMap(new IdentityHashMap<>());

  InPlaceObjects(
      InPlaceMesh mesh, NetworkConverter network, List<ConvertedService> all, Report report) {
    this.mesh = mesh;
    this.network = network;
    this.report = report;
    network.policies().forEach(policy -> policies.put(policy.object().root(), policy));
    for (var service : all) {
      services
          .computeIfAbsent(service.workload().object().root(), _ -> new ArrayList<>())
          .add(service);
    }
  }

  /// Returns one file for each file that the objects come from, and one that names the CAS.
  ///
  /// @param moved the ConfigMaps and Secrets whose content the policies have
  List<OutputFile> of(List<KubernetesObject> objects, Set<Sources.Key> moved) {
    var needed = new LinkedHashSet<Sources.Key>();
    for (var object : objects) {
      if (object.isOwned()) {
        report.changed(object.described() + ": left out, because another object creates it");
      } else if (!SconeObjects.isOne(object)) {
        var draft = convert(object);
        drafts.put(object, draft);
        if (key(object).isEmpty()) {
          needed.addAll(DataReferences.in(draft));
        }
      }
    }
    removeMoved(objects, moved, needed);
    return files(objects);
  }

  private static Optional<Sources.Key> key(KubernetesObject object) {
    return switch (object.kind().value()) {
      case "Secret" -> Optional.of(new Sources.Key(true, object.name().value()));
      case "ConfigMap" -> Optional.of(new Sources.Key(false, object.name().value()));
      default -> Optional.empty();
    };
  }

  private Draft convert(KubernetesObject object) {
    var draft = Draft.of(object.root());
    draft.remove("status");
    var metadata = draft.in("metadata");
    OF_CLUSTER.forEach(metadata::remove);
    if (metadata.at("annotations").filter(a -> a.has("meta.helm.sh/release-name")).isPresent()) {
      report.advise(
          "a release of Helm owns these objects; with `helm upgrade` it makes them as they were");
    }
    InPlacePod.clean(metadata);
    var own = services.get(object.root());
    if (own != null) {
      workload(draft, object, own);
    }
    var policy = policies.get(object.root());
    if (policy != null) {
      open(draft, policy);
    }
    return draft;
  }

  private void workload(Draft draft, KubernetesObject object, List<ConvertedService> own) {
    var kind = object.kind().value();
    var path = WorkloadReader.template(kind);
    var template = draft.at(path.toArray(String[]::new)).orElseThrow();
    template.at("metadata").ifPresent(InPlacePod::clean);
    new InPlacePod(mesh, network, report)
        .convert(template.in("spec"), own.getFirst().workload(), own);
    if (kind.equals("Job") && !draft.in("spec").has("manualSelector")) {
      draft.in("spec").remove("selector"); // the cluster chooses it
    }
    if (kind.equals("Job") || kind.equals("Pod")) {
      report.advise(object.described() + ": delete the one that runs; it cannot be changed");
    }
  }

  /// Permits what agents need where a NetworkPolicy isolates them: the probe, names and CAS.
  /// Policies add up, so the first one of each pod is enough.
  private void open(Draft draft, Policy policy) {
    var spec = draft.in("spec");
    var probed = policy.isolatesIngress() ? notYetIn(probedPods, policy) : List.<Workload>of();
    if (!probed.isEmpty()) {
      var ports =
          probed.stream()
              .flatMap(workload -> InPlacePod.probePorts(workload).stream())
              .distinct()
              .map(port -> (Object) port("TCP", port))
              .toList();
      spec.add("ingress", new Draft().put("ports", ports));
      report.changed(policy.object().described() + ": everybody may ask the readiness probe");
    }
    if (policy.isolatesEgress() && !notYetIn(connectingPods, policy).isEmpty()) {
      var ports = List.<Object>of(port("UDP", 53), port("TCP", 53), port("TCP", mesh.casPort()));
      spec.add("egress", new Draft().put("ports", ports));
      report.changed(policy.object().described() + ": its pods may also connect to CAS");
    }
  }

  /// Returns the converted pods of a policy that are not among `done`, and adds them.
  private List<Workload> notYetIn(Set<Mapping> done, Policy policy) {
    return policy.selected().stream()
        .filter(workload -> services.containsKey(workload.object().root()))
        .filter(workload -> done.add(workload.object().root()))
        .toList();
  }

  private static Draft port(String protocol, int number) {
    return new Draft().put("protocol", protocol).put("port", number);
  }

  private void removeMoved(
      List<KubernetesObject> objects, Set<Sources.Key> moved, Set<Sources.Key> needed) {
    for (var object : objects) {
      var key = key(object);
      if (key.isPresent() && drafts.containsKey(object)) {
        if (!moved.contains(key.get())) {
          report.readable(object.described() + ": no converted pod uses it, and it stays");
        } else if (needed.contains(key.get())) {
          report.readable(object.described() + ": another object uses it, too, and it stays");
        } else {
          drafts.remove(object);
          report.changed(
              object.described() + ": left out, because the policies have it; delete it");
        }
      }
    }
  }

  private List<OutputFile> files(List<KubernetesObject> objects) {
    var texts = new LinkedHashMap<String, StringBuilder>();
    var secret = new LinkedHashSet<String>();
    var cas = mesh.casObject();
    for (var object : objects) {
      var draft = drafts.get(object);
      if (draft != null) {
        var file = object.root().span().source().name();
        texts.computeIfAbsent(file, _ -> new StringBuilder()).append("---\n");
        texts.get(file).append(YamlWriter.write(draft.written()));
        if (object.kind().value().equals("Secret")) {
          secret.add(file);
        }
        draft
            .in("metadata")
            .text("namespace")
            .ifPresent(n -> cas.in("metadata").put("namespace", n));
      }
    }
    var names = new InPlaceNames();
    var files = new ArrayList<OutputFile>();
    var ofCas = FOLDER + names.of("testudo-cas.yaml");
    files.add(new OutputFile(ofCas, YamlWriter.write(cas.written()), false));
    texts.forEach(
        (file, text) ->
            files.add(
                new OutputFile(FOLDER + names.of(file), text.toString(), secret.contains(file))));
    return files;
  }
}
