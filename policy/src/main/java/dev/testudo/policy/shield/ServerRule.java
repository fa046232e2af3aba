package dev.testudo.policy.shield;

/// A rule for inbound connections of the program.
public record ServerRule(RuleName name, Listen listen, ServerTreatment treatment) {}
