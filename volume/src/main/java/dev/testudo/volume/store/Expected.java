package dev.testudo.volume.store;

import dev.testudo.volume.VolumeTag;

/// What CAS knows about a volume that is opened.
public sealed interface Expected {
  /// Nothing: it has never had a state. So the volume is created, and nothing must be there.
  record New() implements Expected {}

  /// The newest state that it was told. The volume must be in that state, or in a later one of the
  /// same history.
  record Position(VolumePosition position) implements Expected {}

  /// A state whose number only the volume knows, because a person gave its tag. The volume must be
  /// in that state, or in a later one of the same history.
  record State(VolumeTag tag) implements Expected {}

  /// There is no protection from older states: the newest one on the disk counts.
  record Newest() implements Expected {}
}
