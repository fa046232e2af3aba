package dev.testudo.agent.view;

import java.io.IOException;
import java.util.Optional;

/// The machine as far as a [Base] shows it. Everything else does not exist.
final class BaseMachine implements Machine {
  private final Base base;

  BaseMachine(Base base) {
    this.base = base;
  }

  @Override
  public Kind at(String path) throws IOException {
    var part = base.partOf(path);
    if (part.isPresent()) {
      return Machine.real(part.get().sourceOf(path));
    }
    var leadsToPart =
        Memory.holds(Paths.parent(path))
            && base.parts().stream().anyMatch(p -> Paths.contains(path, p.path()));
    return leadsToPart || path.equals("/") ? new Kind.Directory() : new Kind.Absent();
  }

  @Override
  public Optional<Part> partOf(String path) {
    return base.partOf(path);
  }
}
