package dev.testudo.policy.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A version of the firmware of an AMD platform. Its components are compared one by one, never as
/// one number.
///
/// @param fmc the version of the FMC, from Turin on
public record SnpTcb(Optional<Integer> fmc, int bootLoader, int tee, int snp, int microcode) {

  /// Returns what this version lacks for a minimum.
  ///
  /// @param least the components that are required; see [Least]
  public List<TcbShortfall> lacks(Least least) {
    var shortfalls = new ArrayList<TcbShortfall>();
    compare("fmc", fmc.orElse(-1), least.fmc(), shortfalls);
    compare("boot_loader", bootLoader, least.bootLoader(), shortfalls);
    compare("tee", tee, least.tee(), shortfalls);
    compare("snp", snp, least.snp(), shortfalls);
    compare("microcode", microcode, least.microcode(), shortfalls);
    return shortfalls;
  }

  private static void compare(
      String name, int seen, Optional<Integer> wanted, List<TcbShortfall> shortfalls) {
    wanted
        .filter(least -> seen < least)
        .ifPresent(least -> shortfalls.add(new TcbShortfall(name, seen, least)));
  }

  @Override
  public String toString() {
    return fmc.map("fmc %d, "::formatted).orElse("")
        + "boot_loader %d, tee %d, snp %d, microcode %d".formatted(bootLoader, tee, snp, microcode);
  }

  /// The least version that is accepted. A component that is absent may have any version.
  public record Least(
      Optional<Integer> fmc,
      Optional<Integer> bootLoader,
      Optional<Integer> tee,
      Optional<Integer> snp,
      Optional<Integer> microcode) {}
}
