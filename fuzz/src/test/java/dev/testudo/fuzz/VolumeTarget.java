package dev.testudo.fuzz;

import dev.testudo.volume.format.Suite;
import dev.testudo.volume.sealed.ResealedVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;

/// A volume: its header, its journal, the checkpoint in it, and a leaf of its tree, the latter two
/// validly protected. The first byte of an input says which of them the rest is, and how it is
/// protected. What is wrong is a `VolumeException`.
public final class VolumeTarget {
  private static final ResealedVolume ENCRYPTED = create(Suite.AES_256_GCM);
  private static final ResealedVolume READABLE = create(Suite.HASHES);

  private VolumeTarget() {}

  private static ResealedVolume create(Suite suite) {
    try {
      var directory = Files.createTempDirectory("volume-fuzz");
      directory.toFile().deleteOnExit();
      return new ResealedVolume(directory, suite);
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
    var volume = (input[0] & 4) == 0 ? ENCRYPTED : READABLE;
    switch (input[0] & 3) {
      case 0 -> volume.readHeader(rest);
      case 1 -> volume.readJournal(rest);
      case 2 -> volume.readCheckpoint(rest);
      default -> volume.readLeaf(rest, input[1], input[2]);
    }
  }
}
