package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

/// Writes reports as Azure's paravisor does.
public final class HclReportBuilder {
  public static final int SNP = 2;
  public static final int TDX = 4;

  private static final int HEADER_BYTES = 32;
  private static final int REPORT_BYTES = 1184;
  private static final int RUNTIME_HEADER_BYTES = 20;
  private static final int PADDED = 2600;

  private String runtimeData;

  /// Creates a report that names a key of a TPM.
  public HclReportBuilder(RSAPublicKey attestationKey) {
    runtimeData =
        """
        {"keys":[{"kid":"HCLAkPub","key_ops":["sign"],"kty":"RSA","e":"%s","n":"%s"}],\
        "vm-configuration":{"secure-boot":true,"vmUniqueId":"%s"},\
        "user-data":""}\
        """
            .formatted(
                base64(attestationKey.getPublicExponent().toByteArray()),
                base64(attestationKey.getModulus().toByteArray()),
                "01234567-89AB-CDEF-0123-456789ABCDEF");
  }

  private static String base64(byte[] number) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(number);
  }

  /// Replaces a part of the runtime data.
  public HclReportBuilder replace(String part, String other) {
    runtimeData = runtimeData.replace(part, other);
    return this;
  }

  /// Returns what the report data of the hardware must be, in hexadecimal.
  public String reportData() {
    var hash = Measurement.sha256().digest(runtimeData.getBytes(StandardCharsets.UTF_8));
    return Octets.of(Arrays.copyOf(hash, 64)).hex();
  }

  /// Returns the report of the paravisor around one of the hardware.
  public Octets build(int type, Octets report) {
    var json = runtimeData.getBytes(StandardCharsets.UTF_8);
    var size = HEADER_BYTES + REPORT_BYTES + RUNTIME_HEADER_BYTES + json.length;
    var out = ByteBuffer.allocate(Math.max(PADDED, size)).order(ByteOrder.LITTLE_ENDIAN);
    out.put("HCLA".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(size).putInt(2);
    out.position(HEADER_BYTES).put(report.buffer());
    out.position(HEADER_BYTES + REPORT_BYTES);
    out.putInt(RUNTIME_HEADER_BYTES + json.length).putInt(1).putInt(type).putInt(1);
    out.putInt(json.length).put(json);
    return Octets.of(out.array());
  }
}
