package dev.testudo.volume.store;

/// What CAS knows about a volume that is opened.
public sealed interface Expected {
  /// Nothing: it has never had a state. So the volume is created, and nothing must be there.
  record New() implements Expected {}

  /// The newest state that it was told. The volume must be in that state, or in a later one of the
  /// same history.
  record Position(VolumePosition position) implements Expected {}

  /// There is no protection from older states: the newest one on the disk counts.
  record Newest() implements Expected {}
}
