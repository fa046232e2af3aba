/// The client of registries (OCI distribution-spec 1.1, and what Docker's registries do beyond it).
/// Begin with [dev.testudo.image.registry.RegistryClient].
@org.jspecify.annotations.NullMarked
package dev.testudo.image.registry;
