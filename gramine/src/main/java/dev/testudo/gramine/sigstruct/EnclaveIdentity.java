package dev.testudo.gramine.sigstruct;

import dev.testudo.trust.attest.evidence.Octets;

/// What the signature of an enclave says about it.
///
/// @param mrenclave its measurement, 32 bytes
/// @param faultAddresses whether programs in it learn the address of a fault (EXINFO)
/// @param product ISVPRODID
/// @param version ISVSVN
public record EnclaveIdentity(Octets mrenclave, boolean faultAddresses, int product, int version) {
  /// The highest product and version.
  public static final int MOST = 0xffff;

  /// ATTRIBUTES: 64 bits, and nothing else. No debugger, no key for provisioning.
  public static final long ATTRIBUTES = 4;

  /// The bits of ATTRIBUTES that are compared: all.
  public static final long ATTRIBUTES_MASK = -1;

  /// XFRM: x87 and SSE. AVX, AVX-512 and AMX are those of the processor.
  public static final long XFRM = 3;

  /// The bits of XFRM that are compared: all but those of AVX, AVX-512 and AMX. So MPX and memory
  /// protection keys are off.
  public static final long XFRM_MASK = 0xfffffffffff9ff1bL;

  /// The bits of MISCSELECT that are compared: all.
  public static final long MISCSELECT_MASK = 0xffffffffL;

  /// Checks lengths and ranges.
  public EnclaveIdentity {
    if (mrenclave.length() != 32
        || product < 0
        || product > MOST
        || version < 0
        || version > MOST) {
      throw new IllegalArgumentException("the identity of an enclave is out of range");
    }
  }

  /// Returns MISCSELECT.
  public long miscselect() {
    return faultAddresses ? 1 : 0;
  }
}
