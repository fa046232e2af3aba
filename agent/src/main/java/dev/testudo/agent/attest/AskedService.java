package dev.testudo.agent.attest;

import dev.testudo.trust.pki.KeyHash;

/// The service that an agent is about to ask CAS for, as its options say.
///
/// @param cas the only key with which CAS is accepted
/// @param service `SESSION/SERVICE`
public record AskedService(KeyHash cas, String service) {}
