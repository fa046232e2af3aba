package dev.testudo.policy.deployment;

import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.source.Span;

/// A connection that a Meshfile declares between two services.
///
/// @param from the name of the service that connects
/// @param to the name of the service that listens
/// @param host the name by which `from` reaches `to`
/// @param span where the Meshfile declares it
record Edge(String from, String to, Listen at, String host, Span span) {}
