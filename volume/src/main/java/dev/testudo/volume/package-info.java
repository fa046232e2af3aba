/// Encrypted volumes. docs/formats/volume.md specifies every byte.
///
/// There is the read-only form: a volume of one commit, which [VolumeWriter] writes whole and
/// [ReadOnlyVolume] reads.
package dev.testudo.volume;
