package dev.testudo.volume.store;

/// What an open volume has done and has.
///
/// @param commits how many commits were written
/// @param checkpoints how many checkpoints were made
/// @param damages how many checks have failed
/// @param segments how many segments there are
/// @param slots how many slots have content
/// @param memory how many bytes of nodes and ciphertexts are in memory, about
public record VolumeStatistics(
    long commits, long checkpoints, long damages, long segments, long slots, long memory) {}
