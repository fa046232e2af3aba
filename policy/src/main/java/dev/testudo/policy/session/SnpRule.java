package dev.testudo.policy.session;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a SEV-SNP guest and its platform must be (`sev_snp`).
///
/// @param values what its values must be: one of a list, in lower-case hexadecimal digits
/// @param guestSvn the versions of the guest that its owner may have signed
/// @param vmpls the privilege levels, `0` to `3`; empty accepts level 0 only
/// @param platform what the platform must be
/// @param pcrs what the registers of a paravisor's TPM must be, by number: SHA-256, 32 bytes
public record SnpRule(
    Map<SnpField, List<Text>> values,
    Optional<Range> guestSvn,
    List<Text> vmpls,
    Platform platform,
    SortedMap<Integer, List<Text>> pcrs,
    Span span)
    implements MachineRule {
  /// Copies the collections.
  public SnpRule {
    var copy = new EnumMap<SnpField, List<Text>>(SnpField.class);
    copy.putAll(values);
    values = Collections.unmodifiableMap(copy);
    vmpls = List.copyOf(vmpls);
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
  }

  @Override
  public Isolation kind() {
    return Isolation.SEV_SNP;
  }

  /// Returns true if the rule demands nothing of the guest and names no processor.
  @Override
  public boolean isEmpty() {
    return values.isEmpty() && guestSvn.isEmpty() && platform.chipIds().isEmpty() && pcrs.isEmpty();
  }

  /// A range of versions, both ends included.
  public record Range(Optional<Integer> least, Optional<Integer> most, Span span) {}

  /// What a platform must be.
  ///
  /// @param minTcb the least versions of its firmware
  /// @param chipIds its processors, 128 lower-case hexadecimal digits each; empty accepts any
  public record Platform(Map<SnpVersion, LeastTcb> minTcb, List<Text> chipIds) {
    /// Copies the collections.
    public Platform {
      var copy = new EnumMap<SnpVersion, LeastTcb>(SnpVersion.class);
      copy.putAll(minTcb);
      minTcb = Collections.unmodifiableMap(copy);
      chipIds = List.copyOf(chipIds);
    }
  }

  /// The least version of firmware and the place where it is written.
  public record LeastTcb(SnpTcb.Least least, Span span) {}
}
