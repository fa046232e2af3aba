package dev.testudo.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// A session and the signatures of those who agree to it, for one CAS: the bundle of
/// `docs/formats/session-bundle.md` as an object of Kubernetes.
@Group("testudo.dev")
@Version("v1alpha1")
@Kind("SignedPolicy")
@Plural("signedpolicies")
@ShortNames("tpol")
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
public final class SignedPolicy extends WatchedResource<SignedPolicySpec, PolicyStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  public SignedPolicy() {}
}
