package dev.testudo.agent.attest.tpm;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;

/// A TPM with the two keys that attestation needs: the endorsement key, which names the TPM, and an
/// attestation key. Both are primary keys of the endorsement hierarchy, so they are the same each
/// time that they are made. The kernel's resource manager removes them when the TPM is closed.
public final class AttestingTpm implements AutoCloseable {
  /// The template of RSA endorsement keys with SHA-256 (TCG EK Credential Profile, template L-1).
  private static final byte[] ENDORSEMENT =
      hex(
          """
          0001 000b 000300b2
          0020 837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa
          0006 0080 0043 0010 0800 00000000 0100
          """
              + "00".repeat(256));

  /// A key on P-256 that signs only what the TPM made (ECDSA, SHA-256), and never leaves it.
  private static final byte[] ATTESTATION =
      hex("0023 000b 00050072 0000 0010 0018 000b 0003 0010 0000 0000");

  /// The NV index of the certificate of an RSA endorsement key (TCG EK Credential Profile,
  /// 2.2.1.4).
  private static final int CERTIFICATE = 0x01c0_0002;

  private static final int MOST_CERTIFICATE = 4096;

  private final Tpm tpm;
  private final Tpm.Key endorsement;
  private final Tpm.Key attestation;
  private final Optional<Octets> certificate;

  private AttestingTpm(
      Tpm tpm, Tpm.Key endorsement, Tpm.Key attestation, Optional<Octets> certificate) {
    this.tpm = tpm;
    this.endorsement = endorsement;
    this.attestation = attestation;
    this.certificate = certificate;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  /// Makes the keys. This takes seconds in many TPMs.
  ///
  /// @param transport is closed with this object, also if this fails
  public static AttestingTpm open(TpmTransport transport) throws IOException {
    var tpm = new Tpm(transport);
    try {
      var certificate = tpm.read(CERTIFICATE, MOST_CERTIFICATE).map(AttestingTpm::der);
      var endorsement = tpm.createPrimary(Tpm.ENDORSEMENT, ENDORSEMENT);
      var attestation = tpm.createPrimary(Tpm.ENDORSEMENT, ATTESTATION);
      return new AttestingTpm(tpm, endorsement, attestation, certificate);
    } catch (IOException e) {
      tpm.close();
      throw e;
    }
  }

  /// Returns the certificate without what fills the index up.
  private static Octets der(byte[] index) {
    var all = Octets.of(index);
    var isLong = index.length > 4 && all.u8(0) == 0x30 && all.u8(1) == 0x82;
    var length = isLong ? 4 + (all.u8(2) << 8 | all.u8(3)) : index.length;
    return all.slice(0, Math.min(length, index.length));
  }

  /// Returns TPMT_PUBLIC of the endorsement key.
  public Octets endorsementKey() {
    return endorsement.publicArea();
  }

  /// Returns TPMT_PUBLIC of the attestation key.
  public Octets attestationKey() {
    return attestation.publicArea();
  }

  /// Returns the certificate of the endorsement key in DER, if the TPM has one.
  public Optional<Octets> certificate() {
    return certificate;
  }

  /// Opens a credential that is for these keys.
  public Octets activate(Octets blob, Octets secret) throws IOException {
    return tpm.activate(attestation, endorsement, blob, secret);
  }

  /// Lets the attestation key sign a quote over all registers.
  public Evidence.TpmQuote quote(byte[] qualifyingData) throws IOException {
    return tpm.quote(attestation.handle(), qualifyingData);
  }

  @Override
  public void close() throws IOException {
    tpm.close();
  }
}
