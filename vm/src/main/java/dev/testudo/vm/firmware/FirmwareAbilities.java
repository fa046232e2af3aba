package dev.testudo.vm.firmware;

import dev.testudo.vm.VmException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Which abilities a firmware has.
public record FirmwareAbilities(Set<FirmwareAbility> present) {
  /// Copies the abilities.
  public FirmwareAbilities {
    present = Set.copyOf(present);
  }

  /// Returns the abilities that it has not.
  public Set<FirmwareAbility> lacking() {
    var lacking = EnumSet.allOf(FirmwareAbility.class);
    lacking.removeAll(present);
    return lacking;
  }

  /// Demands an ability.
  ///
  /// @throws VmException if the firmware has it not
  public void require(FirmwareAbility ability) throws VmException {
    if (!present.contains(ability)) {
      throw VmException.lacking(
          "the firmware has no %s; with them, %s".formatted(ability.text(), ability.meaning()));
    }
  }

  /// Returns the abilities in one line, such as `SNP metadata: yes, TDX metadata: no`.
  @Override
  public String toString() {
    return EnumSet.allOf(FirmwareAbility.class).stream()
        .map(one -> "%s: %s".formatted(one.text(), present.contains(one) ? "yes" : "no"))
        .collect(Collectors.joining(", "));
  }
}
