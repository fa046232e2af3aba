package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer to an object that Testudo does not need.
///
/// @param state `UNSUPPORTED`
/// @param observedGeneration the generation of the object that this is about
/// @param conditions `Ready`
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NeedlessStatus(
    @Nullable String state, @Nullable Long observedGeneration, List<Condition> conditions) {
  /// Copies the list.
  public NeedlessStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
