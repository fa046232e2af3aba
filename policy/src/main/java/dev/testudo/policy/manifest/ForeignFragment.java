package dev.testudo.policy.manifest;

import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.substitution.SecretName;

/// A `config-fragment` of a session that others maintain. It becomes a part of each session of the
/// mesh.
///
/// @param session the session that owns it and must export it
/// @param secret its name there
public record ForeignFragment(SessionName session, SecretName secret) {}
