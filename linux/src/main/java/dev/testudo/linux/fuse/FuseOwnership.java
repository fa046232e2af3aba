package dev.testudo.linux.fuse;

/// Who owns a file.
///
/// @param uid the user id as the kernel reports it, an unsigned number of 32 bits
/// @param gid the group id, likewise
public record FuseOwnership(int uid, int gid) {}
