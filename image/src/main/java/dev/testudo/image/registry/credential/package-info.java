/// Credentials for registries, found where Docker and podman store them.
@org.jspecify.annotations.NullMarked
package dev.testudo.image.registry.credential;
