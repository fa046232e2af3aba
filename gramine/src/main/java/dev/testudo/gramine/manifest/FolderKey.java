package dev.testudo.gramine.manifest;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// The key of a folder whose files Gramine encrypts. The processor derives it: it is the same only
/// on the same machine.
public enum FolderKey {
  /// For enclaves with the same measurement only.
  MRENCLAVE("mrenclave", "_sgx_mrenclave"),
  /// For all enclaves of the same signer, product and a version that is not lower.
  MRSIGNER("mrsigner", "_sgx_mrsigner");

  private final String word;
  private final String keyName;

  FolderKey(String word, String keyName) {
    this.word = word;
    this.keyName = keyName;
  }

  /// Returns the word for it.
  public String word() {
    return word;
  }

  /// Returns its name in a manifest.
  String keyName() {
    return keyName;
  }

  /// Returns the key for a word; empty if there is none.
  public static Optional<FolderKey> parse(String word) {
    return Arrays.stream(values()).filter(key -> key.word.equals(word)).findFirst();
  }

  /// Returns all words, for messages.
  public static String words() {
    return Arrays.stream(values()).map(FolderKey::word).collect(Collectors.joining(" or "));
  }
}
