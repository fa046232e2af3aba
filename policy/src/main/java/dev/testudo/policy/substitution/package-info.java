/// The layers of placeholders, one type each, so that they cannot be mixed up.
package dev.testudo.policy.substitution;
