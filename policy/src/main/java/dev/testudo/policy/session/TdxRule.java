package dev.testudo.policy.session;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a TDX trust domain must be (`tdx`).
///
/// @param values what its values must be: one of a list, in lower-case hexadecimal digits
/// @param pcrs what the registers of a paravisor's TPM must be, by number: SHA-256, 32 bytes
public record TdxRule(
    Map<TdxField, List<Text>> values, SortedMap<Integer, List<Text>> pcrs, Span span)
    implements MachineRule {
  /// Copies the maps.
  public TdxRule {
    var copy = new EnumMap<TdxField, List<Text>>(TdxField.class);
    copy.putAll(values);
    values = Collections.unmodifiableMap(copy);
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
  }

  @Override
  public Isolation kind() {
    return Isolation.TDX;
  }

  /// Returns true if the rule demands nothing.
  @Override
  public boolean isEmpty() {
    return values.isEmpty() && pcrs.isEmpty();
  }
}
