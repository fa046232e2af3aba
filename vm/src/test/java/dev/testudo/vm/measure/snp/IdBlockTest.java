package dev.testudo.vm.measure.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.SnpPolicy;
import dev.testudo.trust.attest.evidence.Octets;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdBlockTest {
  private static final SnpPolicy POLICY = new SnpPolicy(0x30000);
  private static final Octets NO_ID = Octets.of(new byte[IdBlock.ID_BYTES]);

  /// The case of `tests/test_id_block.py` of virtee/sev-snp-measure.
  private static final Octets MEASUREMENT =
      Octets.ofBase64("B28FLQi9p6cAqipgjFyqawDrrSl7bWioWkWx5mmlWLZ+G5HShKMB/mPE+gdQRn7t");

  private static final IdBlock BLOCK = new IdBlock(MEASUREMENT, NO_ID, NO_ID, 0, POLICY);

  @Test
  void theBlockIsTheOneOfSevSnpMeasure() {
    assertEquals(
        "B28FLQi9p6cAqipgjFyqawDrrSl7bWioWkWx5mmlWLZ+G5HShKMB/mPE+gdQRn7t"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAwAAAAAA",
        BLOCK.bytes().base64());
  }

  @Test
  void theDigestOfItsPublicKeyIsTheOneOfSevSnpMeasure() {
    var key = new IdKey(new ECPoint(number(PUBLIC_X), number(PUBLIC_Y)));
    assertEquals(
        "hwt+NcU/inLQ0yL3WrKvgmJ5Kq9leWIs5BMcPyHyied8sFYKXjuQs5MuZ07HCcsU", key.digest().base64());
  }

  private static final String PUBLIC_X =
      "b20fd1a1c2bd2b65183a76e2390ac805f6d8e5e2af725e5a8e93cf87ec029f9d"
          + "45eb326b04b92beb714e14fa986f8a9a";
  private static final String PUBLIC_Y =
      "2c94a0b8ab30cc76352675944876891e954ff6ef5826a6231ba6d6d7f6ebfb68"
          + "ce330e1e59394efb7080883ddc69364b";

  private static BigInteger number(String hex) {
    return new BigInteger(hex, 16);
  }

  @Test
  void itSaysVersionIdsAndSvnWhereTheProcessorLooks() {
    var ids = Octets.ofHex("00112233445566778899aabbccddeeff");
    var block = new IdBlock(MEASUREMENT, ids, NO_ID, 0xfffffffeL, POLICY).bytes();
    assertEquals(IdBlock.BYTES, block.length());
    assertEquals(ids, block.slice(48, 16));
    assertEquals(1, block.u32(80));
    assertEquals(0xfffffffeL, block.u32(84));
    assertEquals(0x30000, block.u64(88));
  }

  @Test
  void wrongLengthsAndPoliciesAreNoBlock() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new IdBlock(MEASUREMENT.slice(0, 32), NO_ID, NO_ID, 0, POLICY));
    assertThrows(
        IllegalArgumentException.class,
        () -> new IdBlock(MEASUREMENT, NO_ID.slice(0, 15), NO_ID, 0, POLICY));
    assertThrows(
        IllegalArgumentException.class,
        () -> new IdBlock(MEASUREMENT, NO_ID, NO_ID, 1L << 32, POLICY));
    assertThrows(
        IllegalArgumentException.class,
        () -> new IdBlock(MEASUREMENT, NO_ID, NO_ID, 0, new SnpPolicy(0x10000)));
  }

  @Test
  void theBlockIsSignedByTheIdKeyAndTheIdKeyByTheAuthorKey() throws GeneralSecurityException {
    var id = pair("secp384r1");
    var author = pair("secp384r1");
    var signed = IdAuthentication.sign(BLOCK, id, Optional.of(author));
    var bytes = signed.bytes();
    assertEquals(IdAuthentication.BYTES, bytes.length());
    assertEquals(1, bytes.u32(0));
    assertEquals(1, bytes.u32(4));
    assertTrue(isSigned(id, BLOCK.bytes(), bytes.slice(0x40, 144)));
    assertEquals(signed.idKey().bytes(), bytes.slice(0x240, IdKey.BYTES));
    assertTrue(isSigned(author, bytes.slice(0x240, IdKey.BYTES), bytes.slice(0x680, 144)));
    assertEquals(signed.authorKey().orElseThrow().bytes(), bytes.slice(0x880, IdKey.BYTES));
  }

  @Test
  void withoutAnAuthorKeyItsFieldsAreZero() throws GeneralSecurityException {
    var bytes = IdAuthentication.sign(BLOCK, pair("secp384r1"), Optional.empty()).bytes();
    assertEquals(0, bytes.u32(4));
    assertTrue(bytes.slice(0x644, IdAuthentication.BYTES - 0x644).isZero());
  }

  @Test
  void aKeyOnAnotherCurveSignsNothing() throws GeneralSecurityException {
    var wrong = pair("secp256r1");
    assertThrows(
        IllegalArgumentException.class,
        () -> IdAuthentication.sign(BLOCK, wrong, Optional.empty()));
  }

  private static boolean isSigned(KeyPair pair, Octets signed, Octets signature)
      throws GeneralSecurityException {
    var verifier = Signature.getInstance("SHA384withECDSAinP1363Format");
    verifier.initVerify(pair.getPublic());
    verifier.update(signed.buffer());
    assertTrue(signature.slice(48, 24).isZero() && signature.slice(120, 24).isZero());
    return verifier.verify(
        ByteBuffer.allocate(96)
            .put(reversed(signature.slice(0, 48)))
            .put(reversed(signature.slice(72, 48)))
            .array());
  }

  private static byte[] reversed(Octets bytes) {
    var reversed = new byte[bytes.length()];
    for (var i = 0; i < reversed.length; i++) {
      reversed[i] = (byte) bytes.u8(reversed.length - 1 - i);
    }
    return reversed;
  }

  private static KeyPair pair(String curve) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }
}
