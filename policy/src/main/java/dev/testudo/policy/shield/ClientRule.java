package dev.testudo.policy.shield;

/// A rule for outbound connections of the program.
public record ClientRule(RuleName name, Destination destination, ClientTreatment treatment) {}
