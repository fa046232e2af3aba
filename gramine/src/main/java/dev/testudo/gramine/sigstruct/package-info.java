/// Who signs an enclave, and the structure with the signature that starts it.
package dev.testudo.gramine.sigstruct;
