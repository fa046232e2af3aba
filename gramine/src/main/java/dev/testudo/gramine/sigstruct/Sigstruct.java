package dev.testudo.gramine.sigstruct;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// The structure with which an enclave is started (`EINIT`): what the enclave is, and the signature
/// of its signer. The same enclave and the same key give the same bytes, because its date is fixed:
/// nothing reads it.
///
/// Source: Intel SDM, volume 3D, "Enclave Signature Structure (SIGSTRUCT)".
public final class Sigstruct {
  /// Its bytes.
  public static final int BYTES = 1808;

  private static final byte[] HEADER = hex("06000000e10000000000010000000000");
  private static final byte[] HEADER_2 = hex("01010000600000006000000001000000");

  /// 1 January 1970, in binary coded decimals.
  private static final int DATE = 0x19700101;

  /// The two parts that are signed: from the beginning on, and from the attributes on.
  private static final int SIGNED = 128;

  private static final int MODULUS = 128;
  private static final int EXPONENT = 512;
  private static final int SIGNATURE = 516;
  private static final int BODY = 900;
  private static final int Q1 = 1040;
  private static final int Q2 = 1424;

  private Sigstruct() {}

  /// Signs an enclave.
  public static Octets sign(EnclaveIdentity enclave, EnclaveKey key) {
    var bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(0, HEADER).putInt(20, DATE).put(24, HEADER_2);
    bytes.putInt(BODY, (int) enclave.miscselect());
    bytes.putInt(904, (int) EnclaveIdentity.MISCSELECT_MASK);
    bytes.putLong(928, EnclaveIdentity.ATTRIBUTES).putLong(936, EnclaveIdentity.XFRM);
    bytes.putLong(944, EnclaveIdentity.ATTRIBUTES_MASK).putLong(952, EnclaveIdentity.XFRM_MASK);
    bytes.put(960, enclave.mrenclave().toBytes());
    bytes.putShort(1024, (short) enclave.product()).putShort(1026, (short) enclave.version());
    var content = new byte[2 * SIGNED];
    bytes.get(0, content, 0, SIGNED).get(BODY, content, SIGNED, SIGNED);
    var signature = key.sign(content);
    var square = signature.multiply(signature).divideAndRemainder(key.modulus());
    bytes.put(MODULUS, EnclaveKey.littleEndian(key.modulus()));
    bytes.putInt(EXPONENT, EnclaveKey.EXPONENT);
    bytes.put(SIGNATURE, EnclaveKey.littleEndian(signature));
    // With these the processor computes the cube of the signature without dividing.
    bytes.put(Q1, EnclaveKey.littleEndian(square[0]));
    bytes.put(Q2, EnclaveKey.littleEndian(square[1].multiply(signature).divide(key.modulus())));
    return Octets.of(bytes.array());
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
