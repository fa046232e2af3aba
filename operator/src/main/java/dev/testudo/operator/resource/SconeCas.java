package dev.testudo.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/// The `CAS` of SCONE's operator. It describes an image of SCONE, so it is answered with a
/// condition that says what to write in its place.
@Group("services.scone.cloud")
@Version("v1beta1")
@Kind("CAS")
@Plural("cas")
@AdditionalPrinterColumn(
    name = "State",
    jsonPath = ".status.state",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING)
public final class SconeCas extends CustomResource<UnreadSpec, NeedlessStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  public SconeCas() {}

  @Override
  protected @Nullable UnreadSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable NeedlessStatus initStatus() {
    return null;
  }
}
