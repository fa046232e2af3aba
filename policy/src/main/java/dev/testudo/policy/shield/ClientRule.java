package dev.testudo.policy.shield;

/// What happens where the program connects.
public record ClientRule(RuleName name, Destination destination, ClientTreatment treatment) {}
