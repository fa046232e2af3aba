/// The kinds of evidence, what they are bound to, and what verification needs and gives.
package dev.testudo.trust.attest.evidence;
