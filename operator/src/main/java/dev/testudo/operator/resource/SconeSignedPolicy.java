package dev.testudo.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// The `SignedPolicy` of SCONE's operator. It does not say for which CAS it was signed, by whom the
/// session is created and until when the signature counts; the annotations `testudo.dev/cas-key`,
/// `testudo.dev/creator` and `testudo.dev/expires` do.
@Group("cas.scone.cloud")
@Version("v1beta1")
@Kind("SignedPolicy")
@Plural("signedpolicies")
@ShortNames("spol")
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
public final class SconeSignedPolicy extends WatchedResource<SconeSignedPolicySpec, PolicyStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  public SconeSignedPolicy() {}
}
