package dev.testudo.agent.view;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A machine on which, besides `/`, only the added paths exist, and of which a program
/// sees everything.
final class FakeMachine implements Machine {
  private final Map<String, Kind> there = new HashMap<>(Map.of("/", new Kind.Directory()));

  FakeMachine directory(String path) {
    there.put(path, new Kind.Directory());
    return this;
  }

  FakeMachine file(String path) {
    there.put(path, new Kind.File());
    return this;
  }

  FakeMachine link(String path, String target) {
    there.put(path, new Kind.Link(target));
    return this;
  }

  @Override
  public Kind at(String path) {
    return there.getOrDefault(path, new Kind.Absent());
  }

  @Override
  public Optional<Part> partOf(String path) {
    return Optional.of(new Part("/", Path.of("/"), false));
  }
}
