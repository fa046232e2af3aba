package dev.testudo.trust.attest.eventlog;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The registers that an event log is about, and the hash with which they are extended.
public enum RegisterBank {
  /// Those of a TDX domain. Logs in TCG's format number them from 1 on.
  RTMR(4, 1, 0x0c, "SHA-384", 48),
  /// Those of a TPM.
  PCR(24, 0, 0x0b, "SHA-256", 32);

  private final int count;
  private final int first;
  private final int algorithm;
  private final String hash;
  private final int bytes;

  RegisterBank(int count, int first, int algorithm, String hash, int bytes) {
    this.count = count;
    this.first = first;
    this.algorithm = algorithm;
    this.hash = hash;
    this.bytes = bytes;
  }

  /// Returns the number of registers.
  public int count() {
    return count;
  }

  /// Returns the number that logs in TCG's format give the first one.
  int first() {
    return first;
  }

  /// Returns the number of the hash in the TCG Algorithm Registry.
  int algorithm() {
    return algorithm;
  }

  /// Returns the length of a register and of a digest.
  public int bytes() {
    return bytes;
  }

  /// Returns the name of the hash.
  public String hash() {
    return hash;
  }

  MessageDigest digest() {
    try {
      return MessageDigest.getInstance(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
