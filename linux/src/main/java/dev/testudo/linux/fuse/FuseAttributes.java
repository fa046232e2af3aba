package dev.testudo.linux.fuse;

/// What stat(2) reports (`struct fuse_attr`). The device number of a file is always 0, because the
/// mount is `nodev`.
///
/// @param inode the inode number (`st_ino`), not 0
/// @param mode type and permission bits (`st_mode`)
/// @param links the number of names
public record FuseAttributes(
    long inode, int mode, int links, FuseOwnership owner, FuseSize size, FuseTimes times) {}
