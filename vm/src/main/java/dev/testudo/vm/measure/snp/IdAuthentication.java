package dev.testudo.vm.measure.snp;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Optional;

/// The ID authentication structure: the signature of an ID block with an ID key and, if there is an
/// author key, its signature of the ID key. See AMD's SEV-SNP firmware ABI (56860), section 8.18.
///
/// @param bytes 4096 bytes, for QEMU's property `id-auth`, which it takes in base64
/// @param idKey the key that signed the block
/// @param authorKey the key that signed the ID key
public record IdAuthentication(Octets bytes, IdKey idKey, Optional<IdKey> authorKey) {
  /// The number of its bytes.
  public static final int BYTES = 4096;

  /// ECDSA on P-384 with SHA-384.
  private static final int ALGORITHM = 1;

  private static final int BLOCK_SIGNATURE = 0x40;
  private static final int ID_KEY = 0x240;
  private static final int ID_KEY_SIGNATURE = 0x680;
  private static final int AUTHOR_KEY = 0x880;
  private static final int HALF = 48;

  /// Signs a block.
  ///
  /// @param idKey a pair on the curve P-384
  /// @param authorKey another one
  /// @throws GeneralSecurityException if the JDK cannot sign with one of them
  /// @throws IllegalArgumentException if one is on another curve
  public static IdAuthentication sign(IdBlock block, KeyPair idKey, Optional<KeyPair> authorKey)
      throws GeneralSecurityException {
    var id = publicKey(idKey);
    var structure = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    structure.putInt(0, ALGORITHM);
    structure.put(BLOCK_SIGNATURE, signature(idKey, block.bytes()));
    structure.put(ID_KEY, id.bytes().toBytes());
    var author = authorKey.map(IdAuthentication::publicKey);
    if (authorKey.isPresent()) {
      structure.putInt(4, ALGORITHM);
      structure.put(ID_KEY_SIGNATURE, signature(authorKey.get(), id.bytes()));
      structure.put(AUTHOR_KEY, author.orElseThrow().bytes().toBytes());
    }
    return new IdAuthentication(Octets.of(structure.array()), id, author);
  }

  private static IdKey publicKey(KeyPair pair) {
    if (pair.getPublic() instanceof ECPublicKey key) {
      return IdKey.of(key);
    }
    throw new IllegalArgumentException("the key of an ID block is on the curve P-384");
  }

  /// Returns r and s, each little endian in 72 bytes.
  private static byte[] signature(KeyPair pair, Octets signed) throws GeneralSecurityException {
    var signer = Signature.getInstance("SHA384withECDSAinP1363Format");
    signer.initSign(pair.getPrivate());
    signer.update(signed.buffer());
    var halves = signer.sign();
    return ByteBuffer.allocate(2 * IdKey.NUMBER_BYTES)
        .put(IdKey.littleEndian(Arrays.copyOf(halves, HALF)))
        .put(IdKey.littleEndian(Arrays.copyOfRange(halves, HALF, 2 * HALF)))
        .array();
  }
}
