package dev.testudo.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// The local attestation service of SCONE, which nothing here needs.
@Group("base.scone.cloud")
@Version("v1beta1")
@Kind("LAS")
@Plural("las")
@ShortNames("las")
@AdditionalPrinterColumn(
    name = "State",
    jsonPath = ".status.state",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING)
public final class SconeLas extends WatchedResource<UnreadSpec, NeedlessStatus> {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  public SconeLas() {}
}
