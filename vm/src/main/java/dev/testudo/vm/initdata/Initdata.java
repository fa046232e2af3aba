package dev.testudo.vm.initdata;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Initdata, version 0.1.0: a TOML document with an algorithm and texts by name, such as
/// `policy.rego`. See Kata Containers, `src/libs/kata-types/src/initdata.rs`, and Trustee,
/// `kbs/docs/initdata.md`.
///
/// The digest is of the document's bytes as they are; there is no canonical form. So a document
/// that was read keeps its bytes.
public final class Initdata {
  /// The most bytes of a document. An annotation of Kubernetes cannot hold more, even compressed
  /// well.
  public static final int MOST_BYTES = 1 << 20;

  private final Octets document;
  private final InitdataAlgorithm algorithm;
  private final Map<String, String> data;

  private Initdata(Octets document, InitdataAlgorithm algorithm, Map<String, String> data) {
    this.document = document;
    this.algorithm = algorithm;
    this.data = data;
  }

  /// Writes a document. The same data give the same bytes.
  ///
  /// @param data texts by name
  /// @throws VmException if a limit is exceeded, or a name or text is not Unicode
  public static Initdata of(InitdataAlgorithm algorithm, Map<String, String> data)
      throws VmException {
    var document = TomlWriter.write(algorithm, new TreeMap<>(data)).getBytes(UTF_8);
    var initdata = read(Octets.of(document));
    if (!initdata.data.equals(data)) {
      // Half of a surrogate pair has no bytes in UTF-8.
      throw VmException.malformed("a name or text of initdata is not Unicode");
    }
    return initdata;
  }

  /// Reads a document. Of TOML, only what initdata needs is accepted: the members `version` and
  /// `algorithm`, then the table `[data]`, each value a string.
  ///
  /// @throws VmException if it is something else, or exceeds a limit
  public static Initdata read(Octets document) throws VmException {
    var bytes = HostileBytes.of("the initdata", document, MOST_BYTES);
    var members = TomlReader.read(bytes, text(bytes));
    if (!members.top().keySet().equals(Set.of("version", "algorithm"))) {
      throw bytes.malformed("it must have the members version and algorithm, and no other");
    }
    var version = members.top().get("version");
    if (!"0.1.0".equals(version)) {
      throw bytes.unsupported("its version is not 0.1.0");
    }
    var algorithm =
        InitdataAlgorithm.named(String.valueOf(members.top().get("algorithm")))
            .orElseThrow(() -> bytes.unsupported("its algorithm is neither sha256 nor sha384"));
    return new Initdata(document, algorithm, members.data());
  }

  /// Returns the text of a document.
  static String text(HostileBytes document) throws VmException {
    try {
      return UTF_8.newDecoder().decode(document.bytes().buffer()).toString();
    } catch (CharacterCodingException e) {
      throw document.malformed("it is not UTF-8");
    }
  }

  /// Returns the digest of the document, which the field of its platform must be.
  public Octets digest() {
    return algorithm.hash().of(document);
  }

  /// Returns the document.
  public Octets document() {
    return document;
  }

  /// Returns the hash, and so the platform.
  public InitdataAlgorithm algorithm() {
    return algorithm;
  }

  /// Returns the texts by name, sorted.
  public Map<String, String> data() {
    return data;
  }

  /// Returns HOST_DATA of a SEV-SNP guest, 32 bytes.
  ///
  /// @throws VmException if the algorithm is that of another platform
  public Octets hostData() throws VmException {
    return digest(InitdataAlgorithm.SHA256, "HOST_DATA of SEV-SNP");
  }

  /// Returns MRCONFIGID of a trust domain, 48 bytes.
  ///
  /// @throws VmException if the algorithm is that of another platform
  public Octets mrConfigId() throws VmException {
    return digest(InitdataAlgorithm.SHA384, "MRCONFIGID of TDX");
  }

  private Octets digest(InitdataAlgorithm wanted, String field) throws VmException {
    if (algorithm != wanted) {
      throw VmException.unsupported(
          "the initdata says %s, but %s holds a digest of %s"
              .formatted(algorithm.word(), field, wanted.word()));
    }
    return digest();
  }
}
