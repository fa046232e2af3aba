package dev.testudo.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/// A CAS with a volume, as the chart of CAS installs it with its defaults.
@Group("testudo.dev")
@Version("v1alpha1")
@Kind("Cas")
@Plural("cas")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Version",
    jsonPath = ".status.version",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Key",
    jsonPath = ".status.key",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Verified",
    jsonPath = ".status.conditions[?(@.type==\"KeyVerified\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
public final class Cas extends WatchedResource<CasSpec, CasStatus> implements Namespaced {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  public Cas() {}
}
