package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;

/// A specification that nothing reads: every field is accepted.
@PreserveUnknownFields
@JsonIgnoreProperties(ignoreUnknown = true)
public final class UnreadSpec {
  /// Creates an empty specification.
  public UnreadSpec() {}
}
