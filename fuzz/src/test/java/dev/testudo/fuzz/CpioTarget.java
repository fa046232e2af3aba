package dev.testudo.fuzz;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.cpio.CpioReader;
import dev.testudo.vm.cpio.CpioWriter;
import java.util.Comparator;
import java.util.List;

/// Archives in the format newc. What is read is the same after it was written and read again.
public final class CpioTarget {
  private CpioTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      var entries = CpioReader.read(Octets.of(input));
      var again = CpioReader.read(CpioWriter.write(entries));
      if (!byPath(entries).equals(byPath(again))) {
        throw new AssertionError("an archive changes when it is written and read again");
      }
    } catch (VmException e) {
      // That is the answer to a malformed archive, or one whose directories are not in it.
    }
  }

  private static List<CpioEntry> byPath(List<CpioEntry> entries) {
    return entries.stream().sorted(Comparator.comparing(CpioEntry::path)).toList();
  }
}
