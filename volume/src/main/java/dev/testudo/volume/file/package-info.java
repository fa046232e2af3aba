/// The file system in a volume: inodes, names and byte ranges, with the semantics of POSIX. It
/// knows neither FUSE nor how the store keeps what it is given.
package dev.testudo.volume.file;
