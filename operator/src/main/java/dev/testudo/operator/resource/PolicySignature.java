package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;

/// The signature of somebody who agrees to a policy.
///
/// @param signer the public key (SubjectPublicKeyInfo) as PEM or base64
/// @param signature the signature in base64
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicySignature(@Required String signer, @Required String signature) {}
