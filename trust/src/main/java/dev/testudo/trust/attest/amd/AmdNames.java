package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import java.util.Arrays;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/// The names in AMD's certificates (AMD 57230, tables 2 to 6; AMD 58369).
final class AmdNames {
  private AmdNames() {}

  private static X500Principal name(String common) {
    return new X500Principal(
        "CN=%s,O=Advanced Micro Devices,ST=CA,L=Santa Clara,C=US,OU=Engineering".formatted(common));
  }

  /// Returns the subject of the key that signs reports.
  static X500Principal leaf(SnpKey key) {
    return name("SEV-" + key.name());
  }

  /// Returns the subject of the ASK or ASVK of a generation.
  static X500Principal intermediate(SnpGeneration generation, SnpKey key) {
    return name((key == SnpKey.VLEK ? "SEV-VLEK-" : "SEV-") + generation.product());
  }

  /// Returns what the authority between a key and the root is called.
  static String intermediateText(SnpKey key) {
    return key == SnpKey.VLEK ? "ASVK" : "ASK";
  }

  /// Returns the subject of the ARK of a generation.
  static X500Principal root(SnpGeneration generation) {
    return name("ARK-" + generation.product());
  }

  /// Returns the generation whose ASK or ASVK has a name.
  static Optional<SnpGeneration> generation(X500Principal intermediate, SnpKey key) {
    return Arrays.stream(SnpGeneration.values())
        .filter(generation -> intermediate(generation, key).equals(intermediate))
        .findFirst();
  }
}
