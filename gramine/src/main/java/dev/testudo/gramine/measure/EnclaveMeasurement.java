package dev.testudo.gramine.measure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.elf.ElfFile;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/// Computes MRENCLAVE: the SHA-256 of a block of 64 bytes for the creation of the enclave, one for
/// each page that is added, and one with 256 bytes of content for each part of a measured page.
///
/// Source: Intel SDM, volume 3D, "ECREATE", "EADD" and "EEXTEND".
public final class EnclaveMeasurement {
  private static final int BLOCK = 64;
  private static final int PART = 256;

  private final MessageDigest digest = Measurement.sha256();

  private EnclaveMeasurement() {}

  /// Returns MRENCLAVE of an enclave that a release of Gramine builds.
  ///
  /// @param manifest the bytes of its manifest
  /// @param library the file `libpal.so` of the release
  /// @throws GramineException if the enclave is too small
  public static Octets of(
      GramineRelease release, EnclaveShape shape, Octets manifest, ElfFile library)
      throws GramineException {
    var layout = EnclaveLayout.of(release, shape, manifest, library);
    var measurement = new EnclaveMeasurement();
    measurement.digest.update(
        block("ECREATE").putInt(8, layout.framePages()).putLong(12, shape.bytes()));
    layout.forEachPage(measurement.new Pages());
    return Octets.of(measurement.digest.digest());
  }

  private final class Pages implements EnclaveLayout.Pages {
    @Override
    public void measured(long address, int kind, byte[] content) {
      unmeasured(address, kind);
      for (var part = 0; part < content.length; part += PART) {
        digest.update(block("EEXTEND").putLong(8, address + part));
        digest.update(content, part, PART);
      }
    }

    @Override
    public void unmeasured(long address, int kind) {
      digest.update(block("EADD").putLong(8, address).putLong(16, kind));
    }
  }

  private static ByteBuffer block(String name) {
    return ByteBuffer.allocate(BLOCK)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(0, name.getBytes(US_ASCII));
  }
}
