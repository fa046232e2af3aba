package dev.testudo.policy.session;

import java.util.Optional;

/// Which revision a session follows.
///
/// @param version of the session language, `0.3.10`
/// @param predecessor the revision that this one replaces; absent for a new session
/// @param namespaceHash the revision that the namespace's session must have at creation
/// @param salt 32 hexadecimal digits that make the session's hash say nothing about its text
public record Lineage(
    String version,
    Optional<SessionHash> predecessor,
    Optional<SessionHash> namespaceHash,
    Optional<String> salt) {}
