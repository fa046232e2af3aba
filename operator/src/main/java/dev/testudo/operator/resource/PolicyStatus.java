package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a policy.
///
/// @param state `Registered`, `Superseded`, `Waiting` or `Refused`
/// @param session the name of the session in CAS
/// @param hash the hash of the revision
/// @param predecessor the hash of the revision that it replaces
/// @param observedGeneration the generation of the object that this is about
/// @param conditions `Registered`
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyStatus(
    @Nullable String state,
    @Nullable String session,
    @Nullable String hash,
    @Nullable String predecessor,
    @Nullable Long observedGeneration,
    List<Condition> conditions) {
  /// Copies the list.
  public PolicyStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
