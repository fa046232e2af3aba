package dev.testudo.trust.generator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Evidence.Endorsement;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// A machine with a TPM that booted a unified kernel image. Each part of its evidence can be
/// changed alone.
public final class TpmMachine {
  /// What the attestation key may be used for, as TPMA_OBJECT.
  public static final int ATTESTS = 0x0005_0072;

  private static final int REGISTERS = 24;
  private static final int HASH = 32;
  private static final int APPLICATION = 0x8000_0003;
  private static final int IPL = 0xd;

  private final SigningKey attestation = SigningKey.generate();
  private final KeyPair endorsement = rsa();
  private final EventLogs log = EventLogs.startingWith(EventLogs.SHA256, HASH);
  private final byte[][] pcrs = new byte[REGISTERS][HASH];
  private int attributes = ATTESTS;
  private Octets credential = Octets.of(new byte[0]);
  private Optional<Octets> certificate = Optional.empty();

  private static KeyPair rsa() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Starts a machine whose firmware has marked that it starts a boot option.
  public TpmMachine() {
    event(4, 0x8000_0007, "Calling EFI Application from Boot Option".getBytes(US_ASCII));
    event(4, 4, new byte[4]);
  }

  /// Boots an image: the firmware starts the file, its stub measures four sections and starts the
  /// kernel, which measures what it was given.
  public TpmMachine boots(String image) {
    started(image);
    for (var section : new String[] {".linux", ".osrel", ".cmdline", ".initrd"}) {
      event(11, IPL, (section + "\0").getBytes(US_ASCII));
      event(11, IPL, (image + section).getBytes(US_ASCII));
    }
    started(image + " kernel");
    event(9, 6, (image + " options").getBytes(US_ASCII));
    return event(9, 6, (image + ".initrd").getBytes(US_ASCII));
  }

  /// Measures a program that the firmware starts.
  public TpmMachine started(String program) {
    return event(4, APPLICATION, program.getBytes(US_ASCII));
  }

  /// Measures something, and logs it.
  public TpmMachine event(int pcr, int type, byte[] data) {
    extend(pcr, data);
    log.pcr(pcr, Integer.toUnsignedLong(type), hash(data), data);
    return this;
  }

  /// Measures something that is not in the log.
  public TpmMachine extend(int pcr, byte[] data) {
    var sha256 = Measurement.sha256();
    sha256.update(pcrs[pcr]);
    pcrs[pcr] = sha256.digest(hash(data));
    return this;
  }

  /// Returns SHA-256 of a text, in hexadecimal.
  public static String hashOf(String text) {
    return HexFormat.of().formatHex(hash(text.getBytes(US_ASCII)));
  }

  private static byte[] hash(byte[] data) {
    MessageDigest sha256 = Measurement.sha256();
    return sha256.digest(data);
  }

  /// Sets what the attestation key may be used for.
  public TpmMachine attributes(int value) {
    attributes = value;
    return this;
  }

  /// Sets what the TPM has opened.
  public TpmMachine credential(Octets opened) {
    credential = opened;
    return this;
  }

  /// Sets the certificate of the endorsement key.
  public TpmMachine certificate(Octets der) {
    certificate = Optional.of(der);
    return this;
  }

  /// Returns the public endorsement key.
  public PublicKey endorsementKey() {
    return endorsement.getPublic();
  }

  /// Returns TPMT_PUBLIC of the attestation key.
  public Octets attestationArea() {
    var point = attestation.point().toBytes();
    var out = ByteBuffer.allocate(256);
    out.putShort((short) 0x23).putShort((short) 0x0b).putInt(attributes).putShort((short) 0);
    out.putShort((short) 0x10).putShort((short) 0x18).putShort((short) 0x0b);
    out.putShort((short) 3).putShort((short) 0x10);
    out.putShort((short) HASH).put(point, 0, HASH).putShort((short) HASH).put(point, HASH, HASH);
    return Octets.of(Arrays.copyOf(out.array(), out.position()));
  }

  /// Returns TPMT_PUBLIC of the endorsement key.
  public Octets endorsementArea() {
    var modulus = ((RSAPublicKey) endorsement.getPublic()).getModulus().toByteArray();
    var out = ByteBuffer.allocate(512);
    out.putShort((short) 1).putShort((short) 0x0b).putInt(0x0003_00b2);
    out.putShort((short) HASH).put(new byte[HASH]);
    out.putShort((short) 6).putShort((short) 128).putShort((short) 0x43).putShort((short) 0x10);
    out.putShort((short) 2048).putInt(0);
    out.putShort((short) 256).put(modulus, modulus.length - 256, 256);
    return Octets.of(Arrays.copyOf(out.array(), out.position()));
  }

  /// Returns what the TPM says now.
  public Evidence.Tpm evidence(ReportData data) {
    var values = ByteBuffer.allocate(REGISTERS * HASH);
    for (var pcr : pcrs) {
      values.put(pcr);
    }
    var quote =
        new TpmQuoteBuilder()
            .registers("ffffff", values.array())
            .extraData(data.tpmQualifyingData())
            .build(attestation::sign);
    return new Evidence.Tpm(
        quote,
        attestationArea(),
        new Endorsement(endorsementArea(), certificate, credential),
        log.filled(0, 0));
  }
}
