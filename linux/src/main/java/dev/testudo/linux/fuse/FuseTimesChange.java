package dev.testudo.linux.fuse;

import java.util.Optional;

/// Which times a request sets.
public record FuseTimesChange(
    Optional<FuseTime> accessed, Optional<FuseTime> modified, Optional<FuseTime> changed) {}
