package dev.testudo.fuzz;

import dev.testudo.volume.store.AuthoredVolume;
import java.io.IOException;
import java.util.Arrays;

/// A volume that programs write: its journal, and, validly encrypted, a checkpoint, a commit and a
/// node of its tree. The first byte of an input says which of them the rest is.
public final class VolumeStoreTarget {
  private VolumeStoreTarget() {}

  /// Reads and changes one volume.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length < 1) {
      return;
    }
    var rest = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0] & 3) {
      case 0 -> AuthoredVolume.journal(rest);
      case 1 -> AuthoredVolume.checkpoint(rest);
      case 2 -> AuthoredVolume.commit(rest);
      default -> AuthoredVolume.node(rest, (input[0] >> 2) & 7);
    }
  }
}
