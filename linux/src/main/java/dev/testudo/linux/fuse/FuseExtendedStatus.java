package dev.testudo.linux.fuse;

import java.time.Instant;

/// The answer to statx(2) with the time of birth (`struct fuse_statx_out`).
public record FuseExtendedStatus(FuseStatus status, Instant born) {}
