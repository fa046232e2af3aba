package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;

/// What SCONE's `EncryptedPolicy` says.
///
/// @param casAddress where the CAS is
/// @param policy the encrypted session
/// @param encryptionKey the key for which it was encrypted
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SconeEncryptedPolicySpec(
    @Required String casAddress, @Required String policy, @Required String encryptionKey) {}
