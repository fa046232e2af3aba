package dev.testudo.trust.attest.amd;

import static dev.testudo.trust.attest.amd.Generated.AT;
import static dev.testudo.trust.generator.AmdPlatform.EXTENSIONS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.HardwareRoots.AmdRoot;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.generator.AmdCertificateBuilder;
import dev.testudo.trust.generator.AmdKeys;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import dev.testudo.trust.generator.CertificateTableBuilder;
import dev.testudo.trust.generator.DerWriter;
import dev.testudo.trust.generator.PssSigner;
import dev.testudo.trust.generator.SnpReportBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

/// Chains of certificates with one fault each.
class AmdChainTest {
  private static final List<Function<AmdPlatform, AmdCertificateBuilder>> CERTIFICATES =
      List.of(AmdPlatform::leaf, AmdPlatform::intermediate, AmdPlatform::root);
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2034-01-01T00:00:00Z");

  private static AmdPlatform milan() {
    return AmdPlatform.vcek(Product.MILAN);
  }

  /// Bug 16: each certificate alone.
  @Test
  void eachCertificateMustBeValidAtTheInstant() {
    for (var certificate : CERTIFICATES) {
      var expired = milan();
      certificate.apply(expired).valid(START, AT.minusSeconds(1));
      Generated.assertRejected(RejectionId.OUTSIDE_VALIDITY, expired);
      var future = milan();
      certificate.apply(future).valid(AT.plusSeconds(1), END);
      Generated.assertRejected(RejectionId.OUTSIDE_VALIDITY, future);
      var ends = milan();
      certificate.apply(ends).valid(START, AT);
      Generated.verified(ends);
      var begins = milan();
      certificate.apply(begins).valid(AT, END);
      Generated.verified(begins);
    }
  }

  @Test
  void eachNameIsTheOneThatAmdGives() {
    for (var name : List.of("SEV-Milan", "SEV-VLEK", "ARK-Genoa", "VCEK", "SEV-VLEK-Milan")) {
      for (var certificate : CERTIFICATES) {
        var subject = milan();
        certificate.apply(subject).subject(AmdCertificateBuilder.amd(name));
        if (!name.equals("SEV-Milan") || !certificate.equals(CERTIFICATES.get(1))) {
          Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, subject);
        }
      }
    }
    for (var certificate : CERTIFICATES.subList(0, 2)) {
      var issuer = milan();
      certificate.apply(issuer).issuer(AmdCertificateBuilder.amd("SEV-Genoa"));
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, issuer);
    }
    var company = milan();
    company.leaf().subject(new X500Principal("CN=SEV-VCEK,O=Somebody Else"));
    Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, company);
  }

  @Test
  void aVlekDoesNotPassForAVcek() {
    var vlek = AmdPlatform.vlek(Product.MILAN);
    var table =
        new CertificateTableBuilder()
            .add(CertificateTableBuilder.VCEK, vlek.leaf().build())
            .add(CertificateTableBuilder.ASK, vlek.intermediate().build())
            .add(CertificateTableBuilder.ARK, vlek.root().build())
            .build();
    vlek.guest().number(SnpReportBuilder.KEY_INFO, 0, 4);
    Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, Generated.verify(vlek, table));
  }

  @Test
  void onlyAuthoritiesSignAndTheSigningKeyIsNone() {
    for (var certificate : CERTIFICATES.subList(1, 3)) {
      var noAuthority = milan();
      certificate.apply(noAuthority).without("2.5.29.19");
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, noAuthority);
      var otherUse = milan();
      certificate.apply(otherUse).usage(0x80);
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, otherUse);
    }
    var leaf = milan();
    leaf.leaf().authority();
    Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, leaf);
  }

  @Test
  void otherParametersOfRsassaPssAreRefused() {
    for (var other :
        List.of(
            new PssSigner("SHA-256", "SHA-256", 48),
            new PssSigner("SHA-384", "SHA-256", 48),
            new PssSigner("SHA-256", "SHA-384", 48),
            new PssSigner("SHA-512", "SHA-384", 48),
            new PssSigner("SHA-384", "SHA-384", 32),
            new PssSigner("SHA-384", "SHA-384", 0))) {
      for (var certificate : CERTIFICATES.subList(0, 2)) {
        var platform = milan();
        certificate.apply(platform).algorithm(other);
        Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, platform);
      }
    }
  }

  @Test
  void signaturesOfOtherKeysAreRefused() {
    var other = AmdKeys.rsa();
    for (var certificate : CERTIFICATES.subList(0, 2)) {
      var platform = milan();
      certificate.apply(platform).signer(other.getPrivate());
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, platform);
    }
  }

  @Test
  void theSigningKeyIsOnP384() {
    for (var key : List.of(AmdKeys.ec("secp256r1"), AmdKeys.ec("secp521r1"), AmdKeys.rsa())) {
      var platform = milan();
      platform.leaf().key(key.getPublic());
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, platform);
    }
    var other = milan();
    other.leaf().key(AmdKeys.ec("secp384r1").getPublic());
    Generated.assertRejected(RejectionId.WRONG_SIGNATURE, other);
  }

  /// Bug 19: a complete chain of the same names under another root.
  @Test
  void aChainOfTheSameNamesUnderAnotherRootIsRefused() {
    var platform = milan();
    for (var roots : List.of(HardwareRoots.vendor(), HardwareRoots.NONE, other(platform))) {
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, verify(platform, roots));
    }
  }

  /// Bug 19: the same key in another certificate.
  private static HardwareRoots other(AmdPlatform platform) {
    var roots = platform.roots();
    platform.root().serial(99);
    return roots;
  }

  @Test
  void aRootCountsOnlyForItsOwnGeneration() {
    var platform = milan();
    var pinned = platform.roots().amd().getFirst();
    var genoa = new AmdRoot("Genoa", pinned.sha256(), Root.VENDOR);
    Generated.assertRejected(
        RejectionId.UNTRUSTED_CHAIN,
        verify(platform, new HardwareRoots(List.of(), List.of(genoa))));
  }

  private static Verification verify(AmdPlatform platform, HardwareRoots roots) {
    return Verifier.verify(
        new Evidence.SnpReport(platform.signedReport(), Optional.of(platform.table())),
        Optional.empty(),
        Generated.context(roots, Collateral.NONE));
  }

  /// Bug 19: without its root, a chain is looked for among published documents.
  @Test
  void aChainWithoutItsRootIsMissing() {
    var platform = milan();
    var table =
        new CertificateTableBuilder()
            .add(CertificateTableBuilder.VCEK, platform.leaf().build())
            .add(CertificateTableBuilder.ASK, platform.intermediate().build())
            .build();
    Generated.assertRejected(RejectionId.COLLATERAL_MISSING, Generated.verify(platform, table));
  }

  @Test
  void extensionsAreThereAndWellFormed() {
    for (var arc : List.of("2", "3.1", "3.2", "3.3", "3.8")) {
      var absent = milan();
      absent.leaf().without(EXTENSIONS + arc);
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, absent);
      var malformed = milan();
      malformed.leaf().extension(EXTENSIONS + arc, new byte[] {2, 5, 1});
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, malformed);
    }
    var fmc = milan();
    fmc.leaf().extension(EXTENSIONS + "3.9", DerWriter.integer(1));
    Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, fmc);
    var reserved = milan();
    reserved.leaf().extension(EXTENSIONS + "3.5", DerWriter.integer(1));
    Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, reserved);
    for (var version : List.of(-1L, 256L, 0x1_0000_0003L)) {
      var outside = milan();
      outside.leaf().extension(EXTENSIONS + "3.1", DerWriter.integer(version));
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, outside);
    }
    var leadingZero = milan();
    leadingZero.leaf().extension(EXTENSIONS + "3.1", new byte[] {2, 2, 0, 3});
    Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, leadingZero);
  }

  @Test
  void criticalExtensionsThatAreNotKnownAreRefused() {
    for (var certificate : CERTIFICATES) {
      var platform = milan();
      certificate.apply(platform).extension("1.2.3.4", DerWriter.integer(1)).critical("1.2.3.4");
      Generated.assertRejected(RejectionId.UNTRUSTED_CHAIN, platform);
    }
  }

  @Test
  void theProductAndTheChipAreThoseOfTheCertificate() {
    var product = milan();
    product.leaf().extension(EXTENSIONS + "2", DerWriter.ia5("Genoa"));
    Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, product);
    var stepping = milan();
    stepping.leaf().extension(EXTENSIONS + "2", DerWriter.ia5("Milan-B1"));
    Generated.verified(stepping);
    var noChip = milan();
    noChip.leaf().without(EXTENSIONS + "4");
    Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, noChip);
    var shortChip = milan();
    shortChip.leaf().extension(EXTENSIONS + "4", new byte[8]);
    Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, shortChip);
    var noProvider = AmdPlatform.vlek(Product.MILAN);
    noProvider.leaf().without(EXTENSIONS + "5");
    Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, noProvider);
  }

  @Test
  void theNextEndsAreClaimedTheEarliestFirst() {
    var platform = milan();
    platform.intermediate().valid(START, AT.plusSeconds(5));
    var expiries = Generated.verified(platform).platform().endorsement().expiries();
    assertEquals(3, expiries.size());
    assertEquals("amd-milan-vcek-chain", expiries.getFirst().document());
    assertEquals(AT.plusSeconds(5), expiries.getFirst().at());
    assertEquals(
        "amd-milan-vcek-%s-03000873".formatted(AmdPlatform.CHIP),
        expiries.stream()
            .map(expiry -> expiry.document())
            .filter(name -> name.startsWith("amd-milan-vcek-c0"))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void aDamagedCertificateIsRefusedAtEveryLengthAndWithEveryByteChanged() {
    var platform = milan();
    var leaf = platform.leaf().build();
    for (var length = 1; length < leaf.length(); length += 7) {
      Generated.assertRejected(
          RejectionId.UNTRUSTED_CHAIN,
          Generated.verify(platform, table(platform, leaf.slice(0, length))));
    }
    for (var at = 0; at < leaf.length(); at += 5) {
      var bytes = leaf.toBytes();
      bytes[at] ^= (byte) 0x80;
      Generated.assertRejected(
          RejectionId.UNTRUSTED_CHAIN,
          Generated.verify(platform, table(platform, Octets.of(bytes))));
    }
  }

  private static Octets table(AmdPlatform platform, Octets leaf) {
    return new CertificateTableBuilder()
        .add(CertificateTableBuilder.VCEK, leaf)
        .add(CertificateTableBuilder.ASK, platform.intermediate().build())
        .add(CertificateTableBuilder.ARK, platform.root().build())
        .build();
  }
}
