package dev.testudo.operator.policy;

import dev.testudo.operator.resource.PolicySignature;
import dev.testudo.operator.resource.PolicyStatus;
import dev.testudo.operator.resource.SconeEncryptedPolicy;
import dev.testudo.operator.resource.SconeSignedPolicy;
import dev.testudo.operator.resource.SignedPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How one kind of object says what its policy is.
///
/// @param <R> the kind
interface PolicyForm<R extends CustomResource<?, PolicyStatus>> {
  /// The annotation with the hash of the key of CAS.
  String CAS_KEY = "testudo.dev/cas-key";

  /// The annotation with the hash of the key of the creator.
  String CREATOR = "testudo.dev/creator";

  /// The annotation with the end of the signatures.
  String EXPIRES = "testudo.dev/expires";

  /// Returns what the object says.
  ///
  /// @throws UnreadablePolicyException if it cannot be a policy for a CAS of Testudo
  PolicyText text(R object) throws UnreadablePolicyException;

  /// Returns an object with nothing but the name of `object` and a status, for server-side apply.
  R withStatus(R object, PolicyStatus status);

  /// Returns the reason of the condition if the object cannot be read.
  default String unreadable() {
    return "InvalidPolicy";
  }

  /// Our own objects.
  final class Own implements PolicyForm<SignedPolicy> {
    @Override
    public PolicyText text(SignedPolicy object) throws UnreadablePolicyException {
      var spec = object.getSpec();
      if (spec == null) {
        throw new UnreadablePolicyException("there is no `spec`");
      }
      return PolicyForm.text(
          spec.casAddress(),
          spec.casKey(),
          spec.policy(),
          spec.creator(),
          spec.expires(),
          spec.signatures());
    }

    @Override
    public SignedPolicy withStatus(SignedPolicy object, PolicyStatus status) {
      return PolicyForm.named(new SignedPolicy(), object, status);
    }
  }

  /// Those of SCONE's operator.
  final class Scone implements PolicyForm<SconeSignedPolicy> {
    @Override
    public PolicyText text(SconeSignedPolicy object) throws UnreadablePolicyException {
      var spec = object.getSpec();
      if (spec == null) {
        throw new UnreadablePolicyException("there is no `spec`");
      }
      var notes =
          Objects.requireNonNullElse(
              object.getMetadata().getAnnotations(), Map.<String, String>of());
      for (var needed : List.of(CAS_KEY, CREATOR, EXPIRES)) {
        if (!notes.containsKey(needed)) {
          throw new UnreadablePolicyException(
              ("the annotation `%s` is missing. A SignedPolicy of SCONE does not say for which CAS"
                      + " it was signed, and the operator registers nothing with a CAS whose key it"
                      + " does not know. `testudo session manifest` writes these annotations")
                  .formatted(needed));
        }
      }
      return PolicyForm.text(
          spec.casAddress(),
          notes.get(CAS_KEY),
          spec.policy(),
          notes.get(CREATOR),
          notes.get(EXPIRES),
          spec.signatures());
    }

    @Override
    public SconeSignedPolicy withStatus(SconeSignedPolicy object, PolicyStatus status) {
      return PolicyForm.named(new SconeSignedPolicy(), object, status);
    }
  }

  /// Encrypted ones of SCONE's operator.
  final class SconeEncrypted implements PolicyForm<SconeEncryptedPolicy> {
    @Override
    public PolicyText text(SconeEncryptedPolicy object) throws UnreadablePolicyException {
      throw new UnreadablePolicyException(
          "sessions cannot be encrypted to the key of a CAS of Testudo, and only a CAS of SCONE can"
              + " open this one; use a SignedPolicy without explicit secrets, or register the"
              + " session over TLS with `testudo apply`");
    }

    @Override
    public SconeEncryptedPolicy withStatus(SconeEncryptedPolicy object, PolicyStatus status) {
      return PolicyForm.named(new SconeEncryptedPolicy(), object, status);
    }

    @Override
    public String unreadable() {
      return "NotSupported";
    }
  }

  private static PolicyText text(
      @Nullable String address,
      @Nullable String key,
      @Nullable String policy,
      @Nullable String creator,
      @Nullable String expires,
      List<PolicySignature> signatures)
      throws UnreadablePolicyException {
    if (address == null || key == null || policy == null || creator == null || expires == null) {
      throw new UnreadablePolicyException("`spec` is not complete");
    }
    return new PolicyText(address, key, policy, creator, expires, signatures);
  }

  private static <R extends CustomResource<?, PolicyStatus>> R named(
      R empty, HasMetadata object, PolicyStatus status) {
    var metadata = object.getMetadata();
    empty.setMetadata(
        new ObjectMetaBuilder()
            .withName(metadata.getName())
            .withNamespace(metadata.getNamespace())
            .build());
    empty.setStatus(status);
    return empty;
  }
}
