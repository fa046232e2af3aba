package dev.testudo.vm.initdata;

import dev.testudo.vm.MeasurementHash;
import java.util.Arrays;
import java.util.Optional;

/// The hash of initdata, which belongs to a platform: its digest has the length of the field that
/// holds it, so nothing is cut or padded. The words are those that Kata's runtimes and agent know;
/// others, also `sha512`, are never written nor read.
public enum InitdataAlgorithm {
  /// SEV-SNP: the digest is HOST_DATA.
  SHA256("sha256", MeasurementHash.SHA256),
  /// TDX: the digest is MRCONFIGID.
  SHA384("sha384", MeasurementHash.SHA384);

  private final String word;
  private final MeasurementHash hash;

  InitdataAlgorithm(String word, MeasurementHash hash) {
    this.word = word;
    this.hash = hash;
  }

  /// Returns the value of `algorithm`.
  public String word() {
    return word;
  }

  /// Returns the hash.
  public MeasurementHash hash() {
    return hash;
  }

  /// Returns the algorithm with a word, exactly.
  static Optional<InitdataAlgorithm> named(String word) {
    return Arrays.stream(values()).filter(one -> one.word.equals(word)).findFirst();
  }
}
