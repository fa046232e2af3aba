/// Software evidence: how the agent measures an image and what the machine adds to it, and what
/// that is worth.
package dev.testudo.trust.attest.software;
