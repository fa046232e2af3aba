package dev.testudo.volume.sealed;

/// The file of a volume that decides about the content of all others, as it was read. Who has
/// measured the files of a volume before can compare both.
///
/// @param file its name in the directory of the volume
/// @param sha256 the hash of its bytes, 64 lower-case hexadecimal digits
public record SealedState(String file, String sha256) {}
