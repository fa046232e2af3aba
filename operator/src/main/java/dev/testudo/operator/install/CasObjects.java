package dev.testudo.operator.install;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.operator.resource.Cas;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The objects of which an installed CAS consists: what the chart of CAS makes.
final class CasObjects {
  private static final String MANAGER = "testudo-operator";

  private final KubernetesClient client;
  private final String template;

  CasObjects(KubernetesClient client) {
    this.client = client;
    this.template = template();
  }

  private static String template() {
    try (var in = CasObjects.class.getResourceAsStream("cas.yaml")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Creates the objects, or changes them to what `order` says (server-side apply). They belong to
  /// `cas`, and the cluster deletes them with it, except for the volume.
  ///
  /// @return the StatefulSet as it is now
  StatefulSet apply(Cas cas, CasOrder order) {
    StatefulSet server = null;
    for (var object : of(cas, order)) {
      var applied =
          client.resource(object).fieldManager(MANAGER).forceConflicts().serverSideApply();
      if (applied instanceof StatefulSet one) {
        server = one;
      }
    }
    return Objects.requireNonNull(server);
  }

  private List<HasMetadata> of(Cas cas, CasOrder order) {
    // Everything that is put in was checked, so it cannot end a string or a line.
    var text =
        template
            .replace("${name}", cas.getMetadata().getName())
            .replace("${version}", CasOrder.VERSION)
            .replace("${image}", order.image())
            .replace("${storage}", order.storage());
    var objects = client.load(new ByteArrayInputStream(text.getBytes(UTF_8))).items();
    for (var object : objects) {
      object.getMetadata().setNamespace(cas.getMetadata().getNamespace());
      object
          .getMetadata()
          .setOwnerReferences(
              List.of(
                  new OwnerReferenceBuilder()
                      .withApiVersion(cas.getApiVersion())
                      .withKind(cas.getKind())
                      .withName(cas.getMetadata().getName())
                      .withUid(cas.getMetadata().getUid())
                      .withController(true)
                      .build()));
      if (object instanceof StatefulSet server) {
        complete(server, order);
      }
    }
    return objects;
  }

  private static void complete(StatefulSet server, CasOrder order) {
    var spec = server.getSpec();
    var container = spec.getTemplate().getSpec().getContainers().getFirst();
    var arguments = new ArrayList<String>();
    order.owners().forEach(owner -> arguments.addAll(List.of("--owner", owner.text())));
    arguments.addAll(container.getArgs());
    container.setArgs(arguments);
    order
        .storageClass()
        .ifPresent(
            one -> spec.getVolumeClaimTemplates().getFirst().getSpec().setStorageClassName(one));
  }
}
