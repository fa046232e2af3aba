/// Software evidence: how the agent measures an image and what the machine adds to it, and
/// how that is verified.
package dev.testudo.trust.attest.software;
