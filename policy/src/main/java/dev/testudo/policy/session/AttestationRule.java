package dev.testudo.policy.session;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What evidence must show for a service. All parts of a rule must hold. A rule
/// has at least one, unless a placeholder stands for the whole rule. All parts concern the same
/// kind of evidence.
///
/// @param measurements 64 lower-case hexadecimal digits each; one of them must match; empty accepts
///     any measurement
/// @param signer who signed an SGX enclave
/// @param machine what a virtual machine must be
/// @param joinToken true if the service must also present one of its join tokens, which CAS makes
/// @param span where the rule is written
public record AttestationRule(
    List<Text> measurements,
    Optional<SignerRule> signer,
    Optional<MachineRule> machine,
    boolean joinToken,
    Span span) {
  /// Copies the list.
  public AttestationRule {
    measurements = List.copyOf(measurements);
  }

  /// Returns a rule of measurements only.
  public static AttestationRule ofMeasurements(List<Text> measurements, Span span) {
    return new AttestationRule(measurements, Optional.empty(), Optional.empty(), false, span);
  }

  /// Returns what a TDX trust domain must be, if the rule is for one.
  public Optional<TdxRule> tdx() {
    return machine(TdxRule.class);
  }

  /// Returns what a SEV-SNP guest must be, if the rule is for one.
  public Optional<SnpRule> snp() {
    return machine(SnpRule.class);
  }

  /// Returns what a machine must have booted, if the rule is for evidence of a TPM.
  public Optional<TpmRule> tpm() {
    return machine(TpmRule.class);
  }

  private <T extends MachineRule> Optional<T> machine(Class<T> type) {
    return machine.filter(type::isInstance).map(type::cast);
  }

  /// Returns true for a rule that is not known yet: a placeholder stands for it. It accepts
  /// nothing.
  public boolean isOpen() {
    return measurements.isEmpty() && signer.isEmpty() && machine.isEmpty();
  }

  /// Returns the kinds of evidence that can satisfy the rule.
  public Set<Isolation> kinds() {
    if (machine.isPresent()) {
      return Set.of(machine.get().kind());
    }
    if (signer.isPresent()) {
      return Set.of(Isolation.SGX);
    }
    return isOpen() ? Set.of() : Set.of(Isolation.SGX, Isolation.SOFTWARE);
  }

  /// Who signed the code, and in which versions.
  ///
  /// @param signer MRSIGNER, 64 lower-case hexadecimal digits
  /// @param product ISVPRODID
  /// @param minimumVersion the least ISVSVN, inclusive
  /// @param maximumVersion the greatest ISVSVN, inclusive
  public record SignerRule(
      Text signer,
      Optional<Integer> product,
      Optional<Integer> minimumVersion,
      Optional<Integer> maximumVersion) {}
}
