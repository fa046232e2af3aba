/// Shared libraries in the ELF format, as far as an enclave is made of one. What is read is
// hostile.
package dev.testudo.gramine.elf;
