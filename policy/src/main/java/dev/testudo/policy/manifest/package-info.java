/// The files that people write: service manifests (`kind: genservice`) and
/// Meshfiles (`kind: mesh`).
package dev.testudo.policy.manifest;
