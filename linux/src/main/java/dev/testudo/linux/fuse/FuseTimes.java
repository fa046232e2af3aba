package dev.testudo.linux.fuse;

import java.time.Instant;

/// The three times of a file. They may be before 1970.
///
/// @param accessed `st_atim`
/// @param modified `st_mtim`
/// @param changed `st_ctim`
public record FuseTimes(Instant accessed, Instant modified, Instant changed) {}
