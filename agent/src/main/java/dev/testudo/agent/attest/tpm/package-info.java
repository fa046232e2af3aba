/// The few commands of a TPM 2.0 that evidence needs, without a library.
package dev.testudo.agent.attest.tpm;
