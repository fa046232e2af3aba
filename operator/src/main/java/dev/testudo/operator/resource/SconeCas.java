package dev.testudo.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

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
public final class SconeCas extends WatchedResource<UnreadSpec, NeedlessStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  public SconeCas() {}
}
