package dev.testudo.linux.fuse;

/// The answer to a question for attributes (`struct fuse_attr_out`).
public record FuseStatus(FuseAttributes attributes, FuseLifetimes lifetimes) {}
