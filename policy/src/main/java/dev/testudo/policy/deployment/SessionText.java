package dev.testudo.policy.deployment;

import dev.testudo.policy.session.SessionName;

/// A session as YAML, ready for CAS.
public record SessionText(SessionName name, String yaml) {}
