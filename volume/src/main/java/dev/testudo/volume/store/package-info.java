/// The store of volumes that programs write: a tree of entries, and chunks of content, with commits
/// that a crash leaves whole or undone. docs/formats/volume.md specifies every byte on the disk.
///
/// [VolumeStore] is what a file system is made of. It knows keys, values and chunks, and nothing of
/// files.
package dev.testudo.volume.store;
