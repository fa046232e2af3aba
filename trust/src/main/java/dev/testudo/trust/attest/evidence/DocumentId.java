package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.SnpTcb;
import java.util.Locale;
import java.util.Optional;

/// Names a document that a manufacturer publishes. The text form is its name in lists, messages and
/// files.
public sealed interface DocumentId {
  /// Reads the text form.
  static Optional<DocumentId> parse(String text) {
    return DocumentIdText.parse(text);
  }

  /// The technologies of Intel.
  enum Tee {
    SGX,
    TDX;

    /// Returns `sgx` or `tdx`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The authorities that certify Intel's platforms.
  enum PckCa {
    PROCESSOR,
    PLATFORM;

    /// Returns `processor` or `platform`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The kinds of AMD's signing keys.
  enum SnpKey {
    VCEK,
    VLEK;

    /// Returns `vcek` or `vlek`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The TCB levels of a family of Intel's platforms.
  ///
  /// @param fmspc 6 bytes in lower-case hexadecimal
  record TcbInfo(Tee tee, String fmspc) implements DocumentId {
    @Override
    public String toString() {
      return "%s-tcb-info-%s".formatted(tee.text(), fmspc);
    }
  }

  /// The identity of Intel's quoting enclave.
  record QeIdentity(Tee tee) implements DocumentId {
    @Override
    public String toString() {
      return "%s-qe-identity".formatted(tee.text());
    }
  }

  /// The revocation list of an authority for platforms.
  record PckCrl(PckCa ca) implements DocumentId {
    @Override
    public String toString() {
      return "pck-crl-%s".formatted(ca.text());
    }
  }

  /// The revocation list of Intel's root.
  record IntelRootCrl() implements DocumentId {
    @Override
    public String toString() {
      return "intel-root-crl";
    }
  }

  /// The certificates between a signing key of AMD and its root, and the root.
  ///
  /// @param product the generation in AMD's spelling, such as `Milan`
  record AmdChain(String product, SnpKey key) implements DocumentId {
    @Override
    public String toString() {
      return "amd-%s-%s-chain".formatted(product.toLowerCase(Locale.ROOT), key.text());
    }
  }

  /// The revocation list of AMD's root for a generation.
  ///
  /// @param product the generation in AMD's spelling, such as `Milan`
  record AmdCrl(String product, SnpKey key) implements DocumentId {
    @Override
    public String toString() {
      return "amd-%s-%s-crl".formatted(product.toLowerCase(Locale.ROOT), key.text());
    }
  }

  /// The certificate of a chip for one version of its firmware. It never changes.
  ///
  /// @param product the generation in AMD's spelling, such as `Milan`
  /// @param chipId in lower-case hexadecimal: 64 bytes, from Turin on 8
  /// @param tcb the version that the report says as reported
  record Vcek(String product, String chipId, SnpTcb tcb) implements DocumentId {
    @Override
    public String toString() {
      return "amd-%s-vcek-%s-%s%02x%02x%02x%02x"
          .formatted(
              product.toLowerCase(Locale.ROOT),
              chipId,
              tcb.fmc().map("%02x"::formatted).orElse(""),
              tcb.bootLoader(),
              tcb.tee(),
              tcb.snp(),
              tcb.microcode());
    }
  }
}
