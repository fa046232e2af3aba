package dev.testudo.cli.convert;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;

/// One object with its place.
///
/// @param kind such as `Deployment`
/// @param version its `apiVersion`, such as `apps/v1`
/// @param metadata its `metadata`, which has a `name`
/// @param root the whole object
/// @param annotations how it is converted
record KubernetesObject(
    Text kind,
    String version,
    Text name,
    Mapping metadata,
    Mapping root,
    ObjectAnnotations annotations) {

  /// Returns true for an object that another one has created, such as the Pod of a Deployment.
  boolean isOwned() {
    return metadata.entry("ownerReferences").filter(e -> !e.value().isNull()).isPresent();
  }

  /// Returns kind, name and place for the report.
  String described() {
    return "%s %s (%s)".formatted(kind.value(), name.value(), kind.span().place());
  }
}
