package dev.testudo.volume.store;

/// An encrypted chunk that [VolumeStore#write] has found a place for. It is passed to one
/// [Changes], or to [VolumeStore#discard].
public interface StoredChunk {}
