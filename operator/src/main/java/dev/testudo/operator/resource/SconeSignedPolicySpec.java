package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import java.util.List;

/// What SCONE's `SignedPolicy` says.
///
/// @param casAddress where the CAS is, such as `https://cas.example:8081`
/// @param policy the text of the session
/// @param signatures those of the bundle
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SconeSignedPolicySpec(
    @Required String casAddress,
    @Required String policy,
    @Required List<PolicySignature> signatures) {
  /// Copies the list.
  public SconeSignedPolicySpec {
    signatures = signatures == null ? List.of() : List.copyOf(signatures);
  }
}
