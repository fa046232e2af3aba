package dev.testudo.image.registry.http;

/// How servers are reached.
///
/// @param limits the limits of every exchange
/// @param plain the hosts to which plain HTTP is permitted
/// @param certificates where certificates of single hosts are found
public record LinkSettings(LinkLimits limits, PlainHttp plain, HostCertificates certificates) {}
