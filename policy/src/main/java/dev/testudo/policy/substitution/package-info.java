/// The three layers of placeholders. Each is a type of its own, so that they cannot be confused.
package dev.testudo.policy.substitution;
