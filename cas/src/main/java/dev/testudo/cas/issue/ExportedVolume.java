package dev.testudo.cas.issue;

import dev.testudo.policy.session.Volume;

/// A volume as another session exports it.
///
/// @param volume the volume in the session that owns it
/// @param export what the other session may do with it
public record ExportedVolume(Volume volume, Volume.Export export) {}
