package dev.testudo.agent.attest;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a confidential VM must have been launched for, by HOST_DATA of SEV-SNP or MRCONFIGID of
/// TDX.
public enum LaunchedFor {
  /// The value is the measurement of the image.
  IMAGE("image"),
  /// The value is the digest of initdata, which names the service and its image.
  INITDATA("initdata"),
  /// The agent does not look at the value.
  ANYTHING("none");

  private final String word;

  LaunchedFor(String word) {
    this.word = word;
  }

  /// Returns the value of the option.
  String word() {
    return word;
  }

  static Optional<LaunchedFor> parse(String word) {
    return Arrays.stream(values()).filter(one -> one.word.equals(word)).findFirst();
  }

  /// Returns all values of the option, for messages.
  static String all() {
    return Arrays.stream(values())
        .map(LaunchedFor::word)
        .collect(Collectors.joining(", "))
        .replaceFirst(", (?=[^,]*$)", " or ");
  }
}
