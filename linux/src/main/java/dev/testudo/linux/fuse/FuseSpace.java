package dev.testudo.linux.fuse;

/// What statfs(2) reports. Names have at most 255 bytes.
///
/// @param blockSize the unit of the first three numbers, in bytes
/// @param blocks the total number of blocks
/// @param free the number of free blocks
/// @param available the number of blocks that are free for ordinary users
/// @param files the total number of inodes
/// @param freeFiles the number of free inodes
public record FuseSpace(
    int blockSize, long blocks, long free, long available, long files, long freeFiles) {}
