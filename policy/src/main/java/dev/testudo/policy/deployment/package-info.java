/// A mesh joined with the manifests of its services, and the sessions that follow from it.
package dev.testudo.policy.deployment;
