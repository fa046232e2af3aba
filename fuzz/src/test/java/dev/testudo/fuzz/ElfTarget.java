package dev.testudo.fuzz;

import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.elf.ElfFile;
import dev.testudo.gramine.measure.EnclaveMeasurement;
import dev.testudo.gramine.measure.EnclaveShape;
import dev.testudo.trust.attest.evidence.Octets;

/// Shared libraries of Gramine, which enclaves are made of. Each page of what is read can be had.
public final class ElfTarget {
  private static final Octets MANIFEST = Octets.of(new byte[] {'q', 'u', 'i', 'e', 't'});

  /// More memory would take too long to measure.
  private static final long MOST_MEMORY = 1 << 16;

  private ElfTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      read(ElfFile.read("the library", Octets.of(input)));
    } catch (GramineException e) {
      // That is the answer to a malformed file.
    }
  }

  private static void read(ElfFile file) throws GramineException {
    for (var segment : file.segments()) {
      file.page(segment, segment.firstPage());
      file.page(segment, segment.endOfPages() - ElfFile.PAGE);
    }
    if (file.memory() <= MOST_MEMORY) {
      var shape = EnclaveShape.of("2M", EnclaveShape.FEWEST_THREADS, true);
      EnclaveMeasurement.of(GramineRelease.V1_9, shape, MANIFEST, file);
    }
  }
}
