/// Software evidence, which the agent makes from its own [measurement][dev.testudo.trust.measure],
/// and how it is verified.
package dev.testudo.trust.attest.software;
