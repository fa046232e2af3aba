package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.List;
import java.util.Optional;

/// A program and everything it gets once it is attested.
///
/// @param span where its name is written
/// @param image the files injected for it
/// @param requirements what an instance must show
/// @param region the protected files of its own image
public record Service(
    String name,
    Span span,
    Invocation launch,
    Optional<Image> image,
    Requirements requirements,
    Optional<MainRegion> region) {

  /// Returns all texts of the service that secrets are inserted into.
  public List<RuntimeTemplate> templates() {
    var all = new java.util.ArrayList<>(launch.templates());
    image.ifPresent(i -> i.files().forEach(file -> file.content().ifPresent(all::add)));
    return List.copyOf(all);
  }
}
