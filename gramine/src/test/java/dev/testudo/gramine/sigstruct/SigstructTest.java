package dev.testudo.gramine.sigstruct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.GramineException.Reason;
import dev.testudo.gramine.HostPrograms;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.PrivateKeys;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigstructTest {
  private static final Octets MRENCLAVE = Octets.ofHex("a1".repeat(32));
  private static final EnclaveIdentity ENCLAVE =
      new EnclaveIdentity(MRENCLAVE, true, 0x0102, 0xfffe);

  @TempDir private Path folder;
  private Octets sigstruct = Octets.of(new byte[0]);
  private EnclaveKey key = null;

  @BeforeEach
  void sign() throws Exception {
    HostPrograms.run(folder, List.of("openssl", "genrsa", "-3", "-out", "key.pem", "3072"));
    key = EnclaveKey.of(PrivateKeys.fromPem(Files.readString(folder.resolve("key.pem"))));
    sigstruct = Sigstruct.sign(ENCLAVE, key);
  }

  private BigInteger number(int at) {
    var bytes = sigstruct.slice(at, 384).toBytes();
    var list = new java.util.ArrayList<Byte>();
    for (var b : bytes) {
      list.add(b);
    }
    Collections.reverse(list);
    for (var i = 0; i < bytes.length; i++) {
      bytes[i] = list.get(i);
    }
    return new BigInteger(1, bytes);
  }

  private byte[] signedPart() {
    var content = new byte[256];
    sigstruct.buffer().get(0, content, 0, 128).get(900, content, 128, 128);
    return content;
  }

  @Test
  void theJdkVerifiesTheSignature() throws Exception {
    var verifying = Signature.getInstance("SHA256withRSA");
    verifying.initVerify(
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(number(128), BigInteger.valueOf(3))));
    verifying.update(signedPart());
    var signature = HexFormat.of().parseHex("%0768x".formatted(number(516)));
    assertTrue(verifying.verify(signature));
    verifying.update(signedPart(), 0, 255);
    verifying.update((byte) 1);
    assertFalse(verifying.verify(signature), "isvsvn is signed");
  }

  @Test
  void opensslVerifiesTheSignature() throws Exception {
    Files.write(folder.resolve("content"), signedPart());
    Files.write(
        folder.resolve("signature"), HexFormat.of().parseHex("%0768x".formatted(number(516))));
    HostPrograms.run(folder, List.of("openssl", "rsa", "-in", "key.pem", "-pubout", "-out", "pub"));
    assertEquals(
        "Verified OK\n",
        HostPrograms.run(
            folder,
            List.of(
                "openssl",
                "dgst",
                "-sha256",
                "-verify",
                "pub",
                "-signature",
                "signature",
                "content")));
    var modulus =
        HostPrograms.run(folder, List.of("openssl", "rsa", "-in", "key.pem", "-noout", "-modulus"));
    assertEquals("Modulus=%0768X\n".formatted(number(128)), modulus);
  }

  /// With Q1 and Q2 a processor finds the cube of the signature: S³ = (Q1 M + r) S, r S = Q2 M + …
  @Test
  void theQuotientsLeadToThePaddedHash() throws Exception {
    var modulus = number(128);
    var signature = number(516);
    var q1 = number(1040);
    var q2 = number(1424);
    var rest = signature.multiply(signature).subtract(q1.multiply(modulus));
    assertTrue(rest.signum() >= 0 && rest.compareTo(modulus) < 0);
    var cube = rest.multiply(signature).subtract(q2.multiply(modulus));
    assertTrue(cube.signum() >= 0 && cube.compareTo(modulus) < 0);
    var hash = Octets.of(Measurement.sha256().digest(signedPart())).hex();
    var padded = "0001" + "ff".repeat(330) + "00" + "3031300d060960864801650304020105000420" + hash;
    assertEquals(padded, "%0768x".formatted(cube));
    assertEquals(cube, signature.modPow(BigInteger.valueOf(3), modulus));
  }

  @Test
  void theFieldsAreWhereProcessorsExpectThem() {
    assertEquals(1808, sigstruct.length());
    assertEquals("06000000e10000000000010000000000", sigstruct.slice(0, 16).hex());
    assertEquals(0, sigstruct.u32(16), "vendor");
    assertEquals(0x19700101, sigstruct.u32(20), "date");
    assertEquals("01010000600000006000000001000000", sigstruct.slice(24, 16).hex());
    assertTrue(sigstruct.slice(40, 88).isZero());
    assertEquals(3, sigstruct.u32(512), "exponent");
    assertEquals(1, sigstruct.u32(900), "MISCSELECT");
    assertEquals(0xffffffffL, sigstruct.u32(904));
    assertTrue(sigstruct.slice(908, 20).isZero());
    assertEquals(4, sigstruct.u64(928), "ATTRIBUTES: 64 bits, no debugger");
    assertEquals(3, sigstruct.u64(936), "XFRM");
    assertEquals(-1, sigstruct.u64(944));
    assertEquals(0xfffffffffff9ff1bL, sigstruct.u64(952));
    assertEquals(MRENCLAVE, sigstruct.slice(960, 32));
    assertTrue(sigstruct.slice(992, 32).isZero());
    assertEquals(0x0102, sigstruct.u16(1024), "ISVPRODID");
    assertEquals(0xfffe, sigstruct.u16(1026), "ISVSVN");
    assertTrue(sigstruct.slice(1028, 12).isZero());
  }

  @Test
  void theSameEnclaveAndKeyGiveTheSameBytes() {
    assertEquals(sigstruct, Sigstruct.sign(ENCLAVE, key));
    assertEquals(
        Octets.of(Measurement.sha256().digest(sigstruct.slice(128, 384).toBytes())),
        key.mrsigner());
    assertEquals("EnclaveKey", key.toString());
  }

  private static PrivateKey rsa(int bits, long exponent) throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(bits, BigInteger.valueOf(exponent)));
    return generator.generateKeyPair().getPrivate();
  }

  @Test
  void aKeyThatSgxDoesNotTakeIsRefused() throws Exception {
    var curve = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
    for (var wrong : List.of(rsa(2048, 3), rsa(3072, 65537), curve)) {
      assertEquals(
          Reason.UNSUPPORTED,
          assertThrows(GramineException.class, () -> EnclaveKey.of(wrong)).reason());
    }
  }
}
