/// The read-only form of volumes: [VolumeWriter] writes a volume whole, and [ReadOnlyVolume] reads
/// it.
package dev.testudo.volume.sealed;
