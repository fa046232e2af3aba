package dev.testudo.policy.session;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a machine must have booted, as its TPM says (`tpm`).
///
/// @param values what the parts of its image must be: one of a list, in lower-case hexadecimal
///     digits
/// @param pcrs what the registers of the TPM must be, by number: SHA-256, 32 bytes. Those of
///     [#GIVEN] must be zero if the rule does not name them
public record TpmRule(
    Map<TpmField, List<Text>> values, SortedMap<Integer, List<Text>> pcrs, Span span)
    implements MachineRule {
  /// The registers of what is given to an image from outside (systemd-stub(7)): command lines and
  /// credentials (12), extensions (13), and keys of the machine's owner (14).
  public static final Set<Integer> GIVEN = Set.of(12, 13, 14);

  /// Copies the maps.
  public TpmRule {
    var copy = new EnumMap<TpmField, List<Text>>(TpmField.class);
    copy.putAll(values);
    values = Collections.unmodifiableMap(copy);
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
  }

  @Override
  public Isolation kind() {
    return Isolation.TPM;
  }

  /// Returns true if the rule demands nothing.
  @Override
  public boolean isEmpty() {
    return values.isEmpty() && pcrs.isEmpty();
  }
}
