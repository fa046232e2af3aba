package dev.testudo.cli;

import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.pki.KeyHash;

/// Where and how the sessions of a mesh are registered.
///
/// @param cas the key of the CAS
/// @param me the key of the user
/// @param submission how a session is sent
record CasRegistration(CasClient client, KeyHash cas, KeyHash me, SessionSubmission submission) {}
