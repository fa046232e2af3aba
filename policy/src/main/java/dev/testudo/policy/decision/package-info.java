/// Decides whether evidence satisfies what a session requires of a service, and gives the reasons.
package dev.testudo.policy.decision;
