/// The parts of the format of volumes: header, heads of files, keys, ciphers, pointers to chunks,
/// and keys of the tree. docs/formats/volume.md specifies every byte.
package dev.testudo.volume.format;
