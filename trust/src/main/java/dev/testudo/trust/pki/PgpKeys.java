package dev.testudo.trust.pki;

import dev.testudo.trust.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.CompressionAlgorithmTags;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.AsymmetricCipherKeyPairGenerator;
import org.bouncycastle.crypto.KeyGenerationParameters;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.generators.X25519KeyPairGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/// Generates OpenPGP keys (RFC 4880, with the curves of RFC 9580) and writes them: an Ed25519
/// primary key that signs and a Curve25519 subkey that encrypts, without a passphrase.
public final class PgpKeys {
  /// How long before its generation a key begins to be valid, for readers whose clock is slow.
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final int USER_ID_BITS = 128;

  private PgpKeys() {}

  /// Generates a key with a random user id.
  ///
  /// @return the private key in binary form, which contains the public one
  public static Secret generate(SecureRandom random, Instant now) {
    var created = Date.from(now.minus(SKEW));
    // Not hexadecimal: gpg would take such a user id for the id of a key.
    var id = new BigInteger(USER_ID_BITS, random).toString(Character.MAX_RADIX);
    try {
      var generator =
          new PGPKeyRingGenerator(
              PGPSignature.POSITIVE_CERTIFICATION,
              pair(
                  PublicKeyAlgorithmTags.EDDSA_LEGACY,
                  new Ed25519KeyPairGenerator(),
                  random,
                  created),
              id,
              new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
              primaryPreferences().generate(),
              null,
              new BcPGPContentSignerBuilder(
                      PublicKeyAlgorithmTags.EDDSA_LEGACY, HashAlgorithmTags.SHA256)
                  .setSecureRandom(random),
              null);
      generator.addSubKey(
          pair(PublicKeyAlgorithmTags.ECDH, new X25519KeyPairGenerator(), random, created),
          encrypts().generate(),
          null);
      return Secret.taking(generator.generateSecretKeyRing().getEncoded());
    } catch (PGPException | IOException e) {
      throw new IllegalStateException("cannot generate an OpenPGP key", e);
    }
  }

  private static PGPKeyPair pair(
      int algorithm, AsymmetricCipherKeyPairGenerator generator, SecureRandom random, Date created)
      throws PGPException {
    generator.init(new KeyGenerationParameters(random, 256));
    return new BcPGPKeyPair(
        PublicKeyPacket.VERSION_4, algorithm, generator.generateKeyPair(), created);
  }

  private static PGPSignatureSubpacketGenerator primaryPreferences() {
    var packets = new PGPSignatureSubpacketGenerator();
    packets.setKeyFlags(false, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
    packets.setPreferredSymmetricAlgorithms(false, new int[] {SymmetricKeyAlgorithmTags.AES_256});
    packets.setPreferredHashAlgorithms(false, new int[] {HashAlgorithmTags.SHA256});
    packets.setPreferredCompressionAlgorithms(false, new int[] {CompressionAlgorithmTags.ZLIB});
    return packets;
  }

  private static PGPSignatureSubpacketGenerator encrypts() {
    var packets = new PGPSignatureSubpacketGenerator();
    packets.setKeyFlags(false, KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE);
    return packets;
  }

  /// Returns the public half of a private key, both in binary form.
  ///
  /// @throws PkiException if the key is damaged
  public static byte[] publicOf(byte[] privateKey) throws PkiException {
    try {
      var ring = new PGPSecretKeyRing(privateKey, new BcKeyFingerprintCalculator());
      var keys = new ArrayList<PGPPublicKey>();
      ring.getPublicKeys().forEachRemaining(keys::add);
      return new PGPPublicKeyRing(keys).getEncoded();
    } catch (PGPException | IOException | RuntimeException e) {
      // Leave out the cause: messages of parsers may quote bytes of the key.
      throw new PkiException(PkiException.Fault.DAMAGED, "the OpenPGP key is damaged");
    }
  }

  /// Returns a key in ASCII armour. The armour shows what kind of key it is, and nothing else.
  public static byte[] armoured(byte[] key) {
    var out = new ByteArrayOutputStream();
    try (var armour = ArmoredOutputStream.builder().clearHeaders().build(out)) {
      armour.write(key);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write to memory", e);
    }
    return out.toByteArray();
  }
}
