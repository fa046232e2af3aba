package dev.testudo.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// The `EncryptedPolicy` of SCONE's operator: a bundle that only one CAS can open, which it does
/// not name; the annotation `testudo.dev/cas-key` does.
@Group("cas.scone.cloud")
@Version("v1beta1")
@Kind("EncryptedPolicy")
@Plural("encryptedpolicies")
@ShortNames("epol")
@AdditionalPrinterColumn(
    name = "Registered",
    jsonPath = ".status.conditions[?(@.type==\"Registered\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Registered\")].reason",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Session",
    jsonPath = ".status.session",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Hash",
    jsonPath = ".status.hash",
    type = AdditionalPrinterColumn.Type.STRING)
public final class SconeEncryptedPolicy
    extends WatchedResource<SconeEncryptedPolicySpec, PolicyStatus> implements Namespaced {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  public SconeEncryptedPolicy() {}
}
