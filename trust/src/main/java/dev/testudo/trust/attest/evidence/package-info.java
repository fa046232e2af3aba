/// The kinds of evidence, what they are bound to, and the input and result of verification.
package dev.testudo.trust.attest.evidence;
