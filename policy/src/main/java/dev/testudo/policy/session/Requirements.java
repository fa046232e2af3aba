package dev.testudo.policy.session;

import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;

/// What an instance of a service must show before it gets its configuration.
///
/// @param rules what evidence must show; one of these rules must hold
/// @param platforms the ids of platforms, of which evidence must have one; see [PlatformId]. Empty
///     accepts any
/// @param oneTimePassword the secret behind its one-time passwords, instead of the session's
public record Requirements(
    List<AttestationRule> rules, List<Text> platforms, Optional<PasswordSecret> oneTimePassword) {
  public Requirements {
    rules = List.copyOf(rules);
    platforms = List.copyOf(platforms);
  }
}
