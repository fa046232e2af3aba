package dev.testudo.policy.deployment;

import dev.testudo.policy.session.SessionName;

/// A session as YAML text, ready to be sent to CAS.
public record SessionText(SessionName name, String yaml) {}
