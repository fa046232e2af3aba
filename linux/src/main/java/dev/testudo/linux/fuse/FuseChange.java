package dev.testudo.linux.fuse;

import java.util.OptionalInt;
import java.util.OptionalLong;

/// Which attributes a request sets (`struct fuse_setattr_in`). What is absent stays as it is.
///
/// @param mode permission bits; the type bits are those of the file
/// @param uid the user id, an unsigned number of 32 bits
/// @param gid the group id, likewise
/// @param size the new length in bytes, not negative
/// @param dropPrivileges the set-user-id bit, and the set-group-id bit of a file that its group may
///     execute, must be cleared (`FATTR_KILL_SUIDGID`)
public record FuseChange(
    OptionalInt mode,
    OptionalInt uid,
    OptionalInt gid,
    OptionalLong size,
    FuseTimesChange times,
    boolean dropPrivileges) {}
