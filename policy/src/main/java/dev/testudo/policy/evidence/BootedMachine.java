package dev.testudo.policy.evidence;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A machine whose boot a TPM measured. All values are what the TPM signed, or digests of an event
/// log that gives its registers.
///
/// @param pcrs the registers by number: SHA-256, 32 bytes each; only those that the TPM has signed
/// @param started the programs that the firmware started, in order: their Authenticode hashes
///     (SHA-256), from the events of register 4
/// @param sections the hashes (SHA-256) of the sections of the unified kernel image, from the
///     events of register 11
public record BootedMachine(
    SortedMap<Integer, String> pcrs,
    List<String> started,
    Map<ImageSection, String> sections,
    Tpm tpm) {
  /// Copies the collections.
  public BootedMachine {
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
    started = List.copyOf(started);
    var copy = new EnumMap<ImageSection, String>(ImageSection.class);
    copy.putAll(sections);
    sections = Collections.unmodifiableMap(copy);
  }

  /// The TPM that signed.
  ///
  /// @param key SHA-256 of the endorsement key (SubjectPublicKeyInfo), which names the TPM. Absent
  ///     if nothing showed that the key that signed is in the TPM of the endorsement key
  /// @param maker what the endorsement certificate says about the maker; only if it leads to a root
  ///     that is pinned
  /// @param endorsement whose root the endorsement certificate leads to; absent if to none that is
  ///     pinned
  /// @param firmware the version of its firmware, as the maker writes it
  public record Tpm(
      Optional<String> key,
      Optional<Maker> maker,
      Optional<Endorsement> endorsement,
      String firmware) {}

  /// The maker of a TPM, as its certificate has it (TCG EK Credential Profile, section 3.1.2).
  ///
  /// @param manufacturer the registered id, such as `id:494E5443`
  /// @param model the maker's name of the model
  public record Maker(String manufacturer, String model) {}
}
