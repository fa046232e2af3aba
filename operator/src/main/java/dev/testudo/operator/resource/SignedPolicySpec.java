package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/// What was signed, and where to bring it.
///
/// @param casAddress where the CAS is, `HOST:PORT` or a URL; not signed, because agents and the
///     operator know a CAS by its key
/// @param casKey the hash of the key of the only CAS for which the signatures count
/// @param policy the text of the session
/// @param creator the hash of the key that creates the session, or has created it
/// @param expires when the signatures stop to count, in UTC and whole seconds
/// @param signatures at most 32
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "self.casKey == oldSelf.casKey && self.policy == oldSelf.policy"
            + " && self.creator == oldSelf.creator && self.expires == oldSelf.expires"
            + " && self.signatures == oldSelf.signatures",
    message = "a signed policy does not change; create another object")
public record SignedPolicySpec(
    @Required String casAddress,
    @Required String casKey,
    @Required @Size(max = 1048576) String policy,
    @Required String creator,
    @Required String expires,
    @Required @Size(max = 32) List<PolicySignature> signatures) {
  /// Copies the list.
  public SignedPolicySpec {
    signatures = signatures == null ? List.of() : List.copyOf(signatures);
  }
}
