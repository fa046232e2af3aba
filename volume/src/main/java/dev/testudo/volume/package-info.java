/// Encrypted volumes: what all forms of them have in common. docs/formats/volume.md specifies every
/// byte.
///
/// There is the read-only form, a volume of one commit, in `dev.testudo.volume.sealed`, and the
/// form that programs write, in `dev.testudo.volume.store`. `dev.testudo.volume.format` has the
/// parts of both.
package dev.testudo.volume;
