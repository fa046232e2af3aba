package dev.testudo.trust.attest.intel;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Changes real quotes by machine. Neither has padding.
class QuoteMutationTest {
  private static VerificationContext context(Vector vector) {
    return new VerificationContext(
        IntelVectors.collateral(vector),
        HardwareRoots.vendor(),
        vector.at(),
        Duration.ZERO,
        new VerificationMemory(1000));
  }

  private static Verification verify(Vector vector, VerificationContext context, byte[] quote) {
    return Verifier.verify(
        IntelVectors.evidence(vector, Octets.of(quote)), Optional.empty(), context);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgx/icelake-hardening", "tdx/v5-uptodate"})
  void everySingleBitBeforeTheCertificatesCounts(String name) {
    var vector = Vectors.one(name);
    var context = context(vector);
    var quote = vector.file("quote").toBytes();
    var chain = new String(quote, StandardCharsets.ISO_8859_1).indexOf("-----BEGIN");
    assertInstanceOf(Verified.class, verify(vector, context, quote));
    for (var bit = 0; bit < 8 * chain; bit++) {
      var changed = quote.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      var at = bit;
      assertInstanceOf(
          Rejected.class, verify(vector, context, changed), () -> name + ", bit " + at);
    }
    assertInstanceOf(Verified.class, verify(vector, context, quote));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgx/icelake-hardening", "tdx/v5-uptodate"})
  void everyTruncationIsRefused(String name) {
    var vector = Vectors.one(name);
    var context = context(vector);
    var quote = vector.file("quote").toBytes();
    for (var length = 0; length < quote.length; length++) {
      assertInstanceOf(Rejected.class, verify(vector, context, Arrays.copyOf(quote, length)));
    }
  }
}
