package dev.testudo.operator.policy;

import dev.testudo.operator.resource.PolicySignature;
import dev.testudo.operator.resource.PolicyStatus;
import dev.testudo.operator.resource.SconeEncryptedPolicy;
import dev.testudo.operator.resource.SconeSignedPolicy;
import dev.testudo.operator.resource.SignedPolicy;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.pki.EncryptionPublicKey;
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
  PolicyOrder read(R object) throws UnreadablePolicyException;

  /// Returns an object with nothing but the name of `object` and a status, for server-side apply.
  R withStatus(R object, PolicyStatus status);

  /// Our own objects.
  final class Own implements PolicyForm<SignedPolicy> {
    @Override
    public PolicyOrder read(SignedPolicy object) throws UnreadablePolicyException {
      var spec = object.getSpec();
      if (spec == null) {
        throw new UnreadablePolicyException("there is no `spec`");
      }
      return PolicyForm.signed(
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
    public PolicyOrder read(SconeSignedPolicy object) throws UnreadablePolicyException {
      var spec = object.getSpec();
      if (spec == null) {
        throw new UnreadablePolicyException("there is no `spec`");
      }
      var notes = PolicyForm.notes(object);
      for (var needed : List.of(CAS_KEY, CREATOR, EXPIRES)) {
        if (!notes.containsKey(needed)) {
          throw new UnreadablePolicyException(
              ("the annotation `%s` is missing. A SignedPolicy of SCONE does not say for which CAS"
                      + " it was signed, and the operator registers nothing with a CAS whose key it"
                      + " does not know. `testudo session manifest` writes these annotations")
                  .formatted(needed));
        }
      }
      return PolicyForm.signed(
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
    public PolicyOrder read(SconeEncryptedPolicy object) throws UnreadablePolicyException {
      var spec = object.getSpec();
      if (spec == null
          || spec.casAddress() == null
          || spec.policy() == null
          || spec.encryptionKey() == null) {
        throw new UnreadablePolicyException("`spec` is not complete");
      }
      var key = PolicyForm.notes(object).get(CAS_KEY);
      if (key == null) {
        throw new UnreadablePolicyException(
            ("the annotation `%s` is missing. The operator brings nothing to a CAS whose key it does"
                    + " not know. The chart of a mesh with `mode: EncryptedManifest` has it")
                .formatted(CAS_KEY));
      }
      return new PolicyOrder.Encrypted(
          PolicyText.address(spec.casAddress()),
          PolicyText.key(CAS_KEY, key),
          new EncryptedBundle(
              EncryptionPublicKey.parse(spec.encryptionKey())
                  .orElseThrow(
                      () ->
                          new UnreadablePolicyException(
                              "`encryptionKey` is not 64 hexadecimal digits in lower case")),
              spec.policy()));
    }

    @Override
    public SconeEncryptedPolicy withStatus(SconeEncryptedPolicy object, PolicyStatus status) {
      return PolicyForm.named(new SconeEncryptedPolicy(), object, status);
    }
  }

  private static Map<String, String> notes(HasMetadata object) {
    return Objects.requireNonNullElse(object.getMetadata().getAnnotations(), Map.of());
  }

  private static PolicyOrder signed(
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
    return new PolicyText(address, key, policy, creator, expires, signatures).read();
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
