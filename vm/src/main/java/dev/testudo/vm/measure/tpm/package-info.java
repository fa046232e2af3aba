/// TPM: the PCRs that a machine has after it booted a unified kernel image.
package dev.testudo.vm.measure.tpm;
