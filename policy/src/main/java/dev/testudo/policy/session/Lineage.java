package dev.testudo.policy.session;

import java.util.Optional;

/// The place of a session in its chain of revisions.
///
/// @param version the version of the session language, such as `0.3.10`
/// @param predecessor the revision that this one replaces; empty for a new session
/// @param namespaceHash the revision that the namespace's session must have at creation
/// @param salt 32 hexadecimal digits, so that the session's hash reveals nothing about its text
public record Lineage(
    String version,
    Optional<SessionHash> predecessor,
    Optional<SessionHash> namespaceHash,
    Optional<String> salt) {}
