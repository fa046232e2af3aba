package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator sees of a CAS.
///
/// @param version what CAS says that it is
/// @param key the hash of the key that CAS has; whether it is the right one says `KeyVerified`
/// @param observedGeneration the generation of the object that this is about
/// @param conditions `Ready`, `KeyVerified` and `BackedUp`
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CasStatus(
    @Nullable String version,
    @Nullable String key,
    @Nullable Long observedGeneration,
    List<Condition> conditions) {
  /// Copies the list.
  public CasStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
