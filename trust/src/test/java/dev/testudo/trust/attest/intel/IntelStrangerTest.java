package dev.testudo.trust.attest.intel;

import static dev.testudo.trust.generator.IntelPlatformMaker.AT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.trust.attest.MemoryProbe;
import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.generator.SigningKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a stranger can make a verifier of quotes do.
class IntelStrangerTest {
  private static final int SIGNED_BYTES = 432;
  private static final int STEPS_OF_A_QUOTE = 6; // chain, QE report, two documents, two lists

  private static Verification verify(
      IntelPlatformMaker platform, IntelPlatformMaker pinned, MemoryProbe probe) {
    return Verifier.verify(
        platform.evidence(),
        Optional.empty(),
        new VerificationContext(
            platform.collateral(), pinned.roots(), AT, Duration.ZERO, probe.memory()));
  }

  /// The refusal is the same whether the signatures are good or not, and names the root: nobody has
  /// looked at a signature.
  @Test
  void aRootThatIsNotPinnedIsRefusedBeforeAnySignatureIsVerified() throws EvidenceException {
    var pinned = IntelPlatformMaker.of(Kind.TDX_4);
    var good = IntelPlatformMaker.of(Kind.TDX_4);
    var forged = IntelPlatformMaker.of(Kind.TDX_4);
    forged.pck().signedBy(SigningKey.generate());
    forged.pckCa().signedBy(SigningKey.generate());
    forged.root().signedBy(SigningKey.generate());
    for (var platform : List.of(good, forged)) {
      var probe = new MemoryProbe(0);
      var verification = verify(platform, pinned, probe);
      var rejected = assertInstanceOf(Rejected.class, verification, verification.toString());
      assertEquals(RejectionId.UNTRUSTED_CHAIN, rejected.id());
      assertEquals(
          "the PCK chain: the key of `Intel SGX Root CA` is not a pinned one", rejected.reason());
      probe.assertNoMoreSteps();
    }
  }

  @Test
  void strangersDoNotMakeAnybodyFetchDocuments() {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    var missing = withoutDocuments(maker, maker);
    assertEquals(RejectionId.COLLATERAL_MISSING, missing.id());
    assertEquals(maker.documents().keySet(), missing.missing());
    var stranger = withoutDocuments(IntelPlatformMaker.of(Kind.TDX_4), maker);
    assertEquals(RejectionId.UNTRUSTED_CHAIN, stranger.id());
    maker.quote().unbound();
    assertEquals(RejectionId.WRONG_SIGNATURE, withoutDocuments(maker, maker).id());
  }

  private static Rejected withoutDocuments(IntelPlatformMaker platform, IntelPlatformMaker pinned) {
    var context =
        new VerificationContext(
            Collateral.NONE, pinned.roots(), AT, Duration.ZERO, VerificationMemory.none());
    return assertInstanceOf(
        Rejected.class, Verifier.verify(platform.evidence(), Optional.empty(), context));
  }

  @Test
  void whiteSpaceAndOrderOfTheCertificatesAreNotRemembered() throws EvidenceException {
    var vector = Vectors.one("sgx/icelake-hardening");
    var quote = vector.file("quote");
    var pem = pem(quote);
    var blocks = List.of(pem.split("(?<=-----END CERTIFICATE-----)"));
    for (var text :
        List.of(
            pem,
            pem.replace("\n", "\r\n"),
            pem.replace("\n", "\n\n"),
            pem.replace("-----BEGIN", " -----BEGIN"),
            "anything" + pem,
            blocks.get(1) + blocks.get(2) + blocks.get(0),
            blocks.get(2) + blocks.get(1) + blocks.get(0))) {
      var probe = new MemoryProbe(STEPS_OF_A_QUOTE);
      for (var sent : List.of(quote, withPem(quote, text))) {
        var verification = verify(vector, sent, probe);
        assertInstanceOf(Verified.class, verification, verification.toString());
      }
      probe.assertNoMoreSteps();
    }
  }

  private static Verification verify(Vector vector, Octets quote, MemoryProbe probe) {
    return Verifier.verify(
        IntelVectors.evidence(vector, quote),
        Optional.empty(),
        new VerificationContext(
            IntelVectors.collateral(vector),
            HardwareRoots.vendor(),
            vector.at(),
            Duration.ZERO,
            probe.memory()));
  }

  /// Returns the certificates, with which a quote of version 3 ends.
  private static String pem(Octets quote) {
    var start = pemStart(quote);
    return text(quote.slice(start, quote.length() - start));
  }

  private static int pemStart(Octets quote) {
    return text(quote).indexOf("-----BEGIN");
  }

  private static String text(Octets bytes) {
    return new String(bytes.toBytes(), StandardCharsets.ISO_8859_1);
  }

  /// Returns a quote of version 3 with another text, and the lengths that belong to it.
  private static Octets withPem(Octets quote, String pem) {
    var start = pemStart(quote);
    var bytes = ByteBuffer.allocate(start + pem.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(quote.slice(0, start).buffer()).put(pem.getBytes(StandardCharsets.ISO_8859_1));
    bytes.putInt(SIGNED_BYTES, bytes.capacity() - SIGNED_BYTES - Integer.BYTES);
    bytes.putInt(start - Integer.BYTES, pem.length());
    return Octets.of(bytes.array());
  }
}
