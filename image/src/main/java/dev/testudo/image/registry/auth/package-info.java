/// How a registry wants to be asked: challenges, scopes and tokens.
@org.jspecify.annotations.NullMarked
package dev.testudo.image.registry.auth;
