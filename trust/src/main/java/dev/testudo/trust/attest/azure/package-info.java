/// Evidence of confidential virtual machines of Azure. There, a paravisor of Microsoft (HCL) is
/// between the hardware and the guest. The hardware vouches for the paravisor and a key of the TPM
/// that it provides, and this key vouches for the guest.
package dev.testudo.trust.attest.azure;
