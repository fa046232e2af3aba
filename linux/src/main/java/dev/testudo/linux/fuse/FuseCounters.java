package dev.testudo.linux.fuse;

/// What a server has done so far.
///
/// @param requests all requests
/// @param malformed those with a wrong structure
/// @param failed those that ended with an unexpected exception, and so with EIO
/// @param unsent replies that the kernel did not take, because the connection was aborted or they
///     were wrong
public record FuseCounters(long requests, long malformed, long failed, long unsent) {}
