package dev.testudo.policy.session;

import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.Optional;

/// A file that exists only for the attested service.
///
/// @param path absolute, without `.` and `..`
/// @param content empty if the agent takes the text from the file of the image at the same path
/// @param permission the mode bits, at most 0777; 0700 if the policy gives none
public record InjectionFile(String path, Optional<RuntimeTemplate> content, int permission) {}
