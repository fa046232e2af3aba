package dev.testudo.cas.attestation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.context.TpmCredentials;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.tpm.TpmPublic;
import dev.testudo.trust.channel.CredentialChallenge;
import dev.testudo.trust.channel.CredentialRequest;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/// Challenges TPMs, as TPM2_MakeCredential does: a credential that only the TPM can open that has
/// both an endorsement key and an attestation key (TPM 2.0, part 1, section 24).
///
/// The credential is a MAC of the names of both keys, so nothing is stored for who asks. It is the
/// same each time: that both keys are in one TPM does not change, and the quote is what is fresh.
final class TpmChallenges implements TpmCredentials {
  private static final String PURPOSE = "tpm-credential";
  private static final String HMAC = "HmacSHA256";
  private static final int SEED = 32;
  private static final int AES_BITS = 128;
  private static final int HASH_BITS = 256;
  private static final int BLOCK = 16;

  /// The label of the encryption, which ends with a NUL.
  private static final byte[] LABEL = "IDENTITY\0".getBytes(US_ASCII);

  private final TicketKey key;
  private final SecureRandom random;

  TpmChallenges(TicketKey key, SecureRandom random) {
    this.key = key;
    this.random = random;
  }

  @Override
  public Optional<Octets> of(Octets endorsement, Octets attestation) {
    return Optional.of(
        Octets.ofHex(key.mac(List.of(PURPOSE, endorsement.hex(), attestation.hex()))));
  }

  /// Returns the challenge for two keys.
  ///
  /// @throws EvidenceException if a key is of a kind that is not supported
  CredentialChallenge challenge(CredentialRequest request) throws EvidenceException {
    var endorsement = new TpmPublic(request.endorsementKey());
    var attestation = new TpmPublic(request.attestationKey());
    var to = endorsement.endorsementKey();
    attestation.attestationKey();
    var seed = new byte[SEED];
    random.nextBytes(seed);
    try {
      var credential = of(endorsement.name(), attestation.name()).orElseThrow();
      var blob = blob(seed, attestation.name().toBytes(), credential.toBytes());
      return new CredentialChallenge(Octets.of(blob), Octets.of(encrypted(seed, to)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot challenge a TPM", e);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  private byte[] encrypted(byte[] seed, RSAPublicKey to) throws GeneralSecurityException {
    var cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    var parameters =
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, new PSource.PSpecified(LABEL));
    cipher.init(Cipher.ENCRYPT_MODE, to, parameters, random);
    return cipher.doFinal(seed);
  }

  /// Returns TPMS_ID_OBJECT: a MAC with its length, and the encrypted credential with its length
  /// (TPM 2.0, part 1, section 24.4 and 24.5).
  private static byte[] blob(byte[] seed, byte[] name, byte[] credential)
      throws GeneralSecurityException {
    var storage = derived(seed, "STORAGE", name, AES_BITS);
    var cipher = Cipher.getInstance("AES/CFB/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(storage, "AES"),
        new IvParameterSpec(new byte[BLOCK]));
    var identity = cipher.doFinal(sized(credential));
    var mac = mac(derived(seed, "INTEGRITY", new byte[0], HASH_BITS));
    mac.update(identity);
    var integrity = sized(mac.doFinal(name));
    return ByteBuffer.allocate(integrity.length + identity.length)
        .put(integrity)
        .put(identity)
        .array();
  }

  private static byte[] sized(byte[] bytes) {
    return ByteBuffer.allocate(Short.BYTES + bytes.length)
        .putShort((short) bytes.length)
        .put(bytes)
        .array();
  }

  /// KDFa with SHA-256, for up to 256 bits (TPM 2.0, part 1, section 11.4.10.2): SP 800-108 in
  /// counter mode.
  private static byte[] derived(byte[] seed, String label, byte[] context, int bits)
      throws GeneralSecurityException {
    var mac = mac(seed);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(1).array());
    mac.update(label.getBytes(US_ASCII));
    mac.update((byte) 0);
    mac.update(context);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bits).array());
    return Arrays.copyOf(mac.doFinal(), bits / Byte.SIZE);
  }

  private static Mac mac(byte[] key) throws GeneralSecurityException {
    var mac = Mac.getInstance(HMAC);
    mac.init(new SecretKeySpec(key, HMAC));
    return mac;
  }
}
