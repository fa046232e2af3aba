/// Verifies what a TPM 2.0 says of the machine that it measured.
package dev.testudo.trust.attest.tpm;
