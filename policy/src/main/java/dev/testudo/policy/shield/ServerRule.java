package dev.testudo.policy.shield;

/// What happens where the program listens.
public record ServerRule(RuleName name, Listen listen, ServerTreatment treatment) {}
