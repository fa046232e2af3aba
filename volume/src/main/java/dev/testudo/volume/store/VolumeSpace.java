package dev.testudo.volume.store;

/// The space of a volume.
///
/// @param total how many bytes of chunks the volume can have
/// @param free how many of them can still be written
public record VolumeSpace(long total, long free) {}
