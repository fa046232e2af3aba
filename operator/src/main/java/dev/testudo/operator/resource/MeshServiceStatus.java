package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/// What the operator sees of one service.
///
/// @param name the service, as the label `app.kubernetes.io/name` says
/// @param wanted how many instances the workload wants
/// @param attested how many are ready, which an agent says only after CAS has attested it
/// @param refused how many CAS has refused at their last start
/// @param message why the first of them does not run
/// @param policies a digest of the sessions with which the workload was started last
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MeshServiceStatus(
    @Required String name,
    @Nullable Integer wanted,
    @Nullable Integer attested,
    @Nullable Integer refused,
    @Nullable String message,
    @Nullable String policies) {}
