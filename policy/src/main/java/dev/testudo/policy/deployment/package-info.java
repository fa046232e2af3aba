/// Joins a mesh with the manifests of its services and derives the sessions.
package dev.testudo.policy.deployment;
