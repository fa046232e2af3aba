package dev.testudo.policy.session;

import dev.testudo.policy.substitution.RuntimeTemplate;

/// A file that exists only for the attested service.
///
/// @param path absolute, without `.` and `..`
/// @param permission the mode bits, at most 0777; 0700 if the policy gives none
public record InjectionFile(String path, RuntimeTemplate content, int permission) {}
