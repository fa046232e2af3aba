/// HTTP as the registry client needs it: limits for every wait and every size, redirects that never
/// carry credentials to another host, certificates per host as Docker and podman keep them. Knows
/// nothing about registries.
@org.jspecify.annotations.NullMarked
package dev.testudo.image.registry.http;
