package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// What the operator shall do with a mesh, besides reporting.
///
/// @param restartOnPolicyChange true to restart the workloads whose sessions have changed; a
///     program gets a changed configuration only when it starts
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConfidentialMeshSpec(@Nullable Boolean restartOnPolicyChange) {}
