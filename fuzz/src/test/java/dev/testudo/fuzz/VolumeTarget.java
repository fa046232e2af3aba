package dev.testudo.fuzz;

import dev.testudo.volume.sealed.ResealedVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;

/// A volume: its header, its journal, the checkpoint in it, and a leaf of its tree, the latter two
/// validly encrypted. The first byte of an input says which of them the rest is. What is wrong is a
/// `VolumeException`.
public final class VolumeTarget {
  private static final ResealedVolume VOLUME = create();

  private VolumeTarget() {}

  private static ResealedVolume create() {
    try {
      var directory = Files.createTempDirectory("volume-fuzz");
      directory.toFile().deleteOnExit();
      return new ResealedVolume(directory);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length < 3) {
      return;
    }
    var rest = Arrays.copyOfRange(input, 3, input.length);
    switch (input[0] & 3) {
      case 0 -> VOLUME.readHeader(rest);
      case 1 -> VOLUME.readJournal(rest);
      case 2 -> VOLUME.readCheckpoint(rest);
      default -> VOLUME.readLeaf(rest, input[1], input[2]);
    }
  }
}
