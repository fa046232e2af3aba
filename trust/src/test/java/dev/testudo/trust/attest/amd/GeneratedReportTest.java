package dev.testudo.trust.attest.amd;

import static dev.testudo.trust.generator.AmdPlatform.EXTENSIONS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.evidence.SnpGuest;
import dev.testudo.policy.evidence.SnpPlatform.Signer;
import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import dev.testudo.trust.generator.DerWriter;
import dev.testudo.trust.generator.SnpReportBuilder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Reports of platforms whose keys are ours, with one property at a time.
class GeneratedReportTest {
  @ParameterizedTest
  @EnumSource(Product.class)
  void eachGenerationIsVerifiedAndShownAsATestRoot(Product product) {
    var platform = AmdPlatform.vcek(product);
    var claims = Generated.verified(platform);
    assertEquals(product.toString(), claims.platform().product());
    assertEquals(Root.TEST, claims.root());
    assertFalse(claims.isHardwareAttested());
    assertEquals(new Signer.Vcek(), claims.platform().signer());
    assertTrue(claims.platform().chipId().orElseThrow().startsWith(platform.chip()));
  }

  /// Turin has another layout of TCB versions, and an id of 8 bytes.
  @Test
  void bug13TurinHasItsOwnLayoutOfVersions() {
    var claims = Generated.verified(AmdPlatform.vcek(Product.TURIN));
    assertEquals(new SnpTcb(Optional.of(1), 2, 3, 4, 9), claims.platform().tcb().reported());
    assertEquals(
        AmdPlatform.CHIP_OF_TURIN + "00".repeat(56), claims.platform().chipId().orElseThrow());
    var milan = Generated.verified(AmdPlatform.vcek(Product.MILAN));
    assertEquals(new SnpTcb(Optional.empty(), 3, 0, 8, 0x73), milan.platform().tcb().reported());
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aVlekNamesItsProviderAndNoChip(Product product) {
    var claims = Generated.verified(AmdPlatform.vlek(product));
    assertEquals(new Signer.Vlek(AmdPlatform.PROVIDER), claims.platform().signer());
    assertEquals(Optional.empty(), claims.platform().chipId());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void eachVersionOfReportsIsVerified(int version) {
    var platform = AmdPlatform.vcek(Product.GENOA);
    platform.guest().number(SnpReportBuilder.VERSION, version, 4);
    if (version == 2) {
      platform.guest().number(SnpReportBuilder.CPUID, 0, 3);
    }
    if (version == 5) {
      platform.guest().number(SnpReportBuilder.MITIGATIONS, 5, 8);
    }
    assertTrue(Generated.verified(platform).platform().info().knownGeneration());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 6, 0xffff_ffffL})
  void otherVersionsAreNotSupported(long version) {
    var platform = AmdPlatform.vcek(Product.GENOA);
    platform.guest().number(SnpReportBuilder.VERSION, version, 4);
    Generated.assertRejected(RejectionId.UNSUPPORTED_EVIDENCE, platform);
  }

  @Test
  void aHiddenChipIsAbsentFromTheClaims() {
    var platform = AmdPlatform.vcek(Product.MILAN);
    platform.guest().hex(SnpReportBuilder.CHIP_ID, "00".repeat(64));
    assertEquals(Optional.empty(), Generated.verified(platform).platform().chipId());
  }

  @Test
  void anotherChipThanTheCertifiedOneIsRefused() {
    for (var product : Product.values()) {
      for (var at : List.of(0, 7)) {
        var platform = AmdPlatform.vcek(product);
        platform.guest().number(SnpReportBuilder.CHIP_ID + at, 0x77, 1);
        Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, platform);
      }
    }
    var vlek = AmdPlatform.vlek(Product.MILAN);
    vlek.guest().number(SnpReportBuilder.CHIP_ID, 1, 1);
    Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, vlek);
  }

  @Test
  void moreThanEightBytesOfAChipOfTurinAreMalformed() {
    var platform = AmdPlatform.vcek(Product.TURIN);
    platform.guest().number(SnpReportBuilder.CHIP_ID + 8, 1, 1);
    Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, platform);
  }

  @Test
  void theHardwareIdMayHaveAHeader() {
    for (var product : Product.values()) {
      var platform = AmdPlatform.vcek(product);
      platform
          .leaf()
          .extension(EXTENSIONS + "4", DerWriter.octets(HexFormat.of().parseHex(platform.chip())));
      assertTrue(Generated.verified(platform).platform().chipId().isPresent());
    }
  }

  /// Each component alone, in the report and in the certificate.
  @ParameterizedTest
  @CsvSource({
    "MILAN, 0, 1",
    "MILAN, 1, 2",
    "MILAN, 6, 3",
    "MILAN, 7, 8",
    "GENOA, 6, 3",
    "TURIN, 0, 9",
    "TURIN, 1, 1",
    "TURIN, 2, 2",
    "TURIN, 3, 3",
    "TURIN, 7, 8"
  })
  void eachComponentOfTheReportedVersionIsTheCertifiedOne(Product product, int at, String arc) {
    var inReport = AmdPlatform.vcek(product);
    var position = SnpReportBuilder.REPORTED_TCB + at;
    inReport.guest().number(position, inReport.guest().at(position) + 1, 1);
    Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, inReport);

    var inCertificate = AmdPlatform.vcek(product);
    var certified = inCertificate.guest().at(position) + 1;
    inCertificate.leaf().extension(EXTENSIONS + "3." + arc, DerWriter.integer(certified));
    Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, inCertificate);

    var inBoth = AmdPlatform.vcek(product);
    inBoth.guest().number(position, 0xd9, 1);
    inBoth.leaf().extension(EXTENSIONS + "3." + arc, DerWriter.integer(0xd9));
    Generated.verified(inBoth);
  }

  /// Only the reported version is certified; the others are claims of their own.
  @Test
  void bug14CommittedLaunchAndCurrentVersionsAreClaims() {
    var platform = AmdPlatform.vcek(Product.MILAN);
    platform
        .guest()
        .hex(SnpReportBuilder.COMMITTED_TCB, "0300000000000772")
        .hex(SnpReportBuilder.LAUNCH_TCB, "0200000000000671")
        .hex(SnpReportBuilder.CURRENT_TCB, "0300000000000874");
    var tcb = Generated.verified(platform).platform().tcb();
    assertEquals(new SnpTcb(Optional.empty(), 3, 0, 7, 0x72), tcb.committed());
    assertEquals(new SnpTcb(Optional.empty(), 2, 0, 6, 0x71), tcb.launch());
    assertEquals(new SnpTcb(Optional.empty(), 3, 0, 8, 0x74), tcb.current());
    assertEquals(new SnpTcb(Optional.empty(), 3, 0, 8, 0x73), tcb.reported());
    assertTrue(tcb.provisional());
  }

  @Test
  void aReservedByteOfAVersionIsZero() {
    for (var field :
        List.of(
            SnpReportBuilder.COMMITTED_TCB,
            SnpReportBuilder.LAUNCH_TCB,
            SnpReportBuilder.CURRENT_TCB)) {
      var milan = AmdPlatform.vcek(Product.MILAN);
      milan.guest().number(field + 2, 1, 1);
      Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, milan);
      var turin = AmdPlatform.vcek(Product.TURIN);
      turin.guest().number(field + 4, 1, 1);
      Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, turin);
    }
  }

  @Test
  void theProcessorIsOfTheGenerationOfItsCertificates() {
    for (var cpuid : List.of("191100", "19a000", "1a0200")) {
      var platform = AmdPlatform.vcek(Product.MILAN);
      platform.guest().hex(SnpReportBuilder.CPUID, cpuid);
      Generated.assertRejected(RejectionId.CERTIFICATE_MISMATCH, platform);
    }
    var stepping = AmdPlatform.vcek(Product.MILAN);
    stepping.guest().hex(SnpReportBuilder.CPUID, "190f02");
    assertTrue(Generated.verified(stepping).platform().info().knownGeneration());
    var bergamo = AmdPlatform.vcek(Product.GENOA);
    bergamo.guest().hex(SnpReportBuilder.CPUID, "19a002");
    assertTrue(Generated.verified(bergamo).platform().info().knownGeneration());
  }

  @Test
  void aProcessorThatIsNotKnownIsAClaim() {
    for (var cpuid : List.of("192000", "1a1200", "1b0000")) {
      var platform = AmdPlatform.vcek(Product.MILAN);
      platform.guest().hex(SnpReportBuilder.CPUID, cpuid);
      assertFalse(Generated.verified(platform).platform().info().knownGeneration());
    }
  }

  @Test
  void theIdBlockOfTheOwnerIsClaimed() {
    var platform = AmdPlatform.vcek(Product.MILAN);
    platform
        .guest()
        .hex(SnpReportBuilder.ID_KEY_DIGEST, "11".repeat(48))
        .hex(SnpReportBuilder.AUTHOR_KEY_DIGEST, "22".repeat(48))
        .hex(SnpReportBuilder.FAMILY_ID, "33".repeat(16))
        .hex(SnpReportBuilder.IMAGE_ID, "44".repeat(16))
        .number(SnpReportBuilder.GUEST_SVN, 0xffff_fffeL, 4)
        .number(SnpReportBuilder.KEY_INFO, 1, 4);
    assertEquals(
        new SnpGuest.Owner(
            "11".repeat(48), "22".repeat(48), "33".repeat(16), "44".repeat(16), 0xffff_fffeL),
        Generated.verified(platform).guest().owner());
  }

  @Test
  void anAuthorKeyThatKeyInfoDeniesIsMalformed() {
    var platform = AmdPlatform.vcek(Product.MILAN);
    platform.guest().hex(SnpReportBuilder.AUTHOR_KEY_DIGEST, "22".repeat(48));
    Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, platform);
  }

  /// No bit of the platform decides anything here, and each keeps its own meaning.
  @Test
  void bug13EachBitOfThePlatformIsAClaim() {
    for (var bit = 0; bit < Long.SIZE; bit++) {
      var platform = AmdPlatform.vcek(Product.MILAN);
      platform.guest().number(SnpReportBuilder.PLATFORM_INFO, 1L << bit, 8);
      var info = Generated.verified(platform).platform().info();
      assertEquals(
          List.of(bit == 0, bit == 1, bit == 2, bit == 3, bit == 4, bit == 5, bit == 7),
          List.of(
              info.smt(),
              info.tsme(),
              info.ecc(),
              info.raplDisabled(),
              info.ciphertextHiding(),
              info.aliasCheck(),
              info.trustedIo()));
    }
  }

  @Test
  void eachKnownBitOfThePolicyIsAClaimAndTheOthersAreMalformed() {
    for (var bit = 0; bit < Long.SIZE; bit++) {
      var platform = AmdPlatform.vcek(Product.MILAN);
      platform.guest().number(SnpReportBuilder.POLICY, 1L << 17 | 1L << bit, 8);
      if (bit < 26) {
        var claims = Generated.verified(platform);
        assertEquals(bit == 19, claims.debug());
        assertEquals(bit == 18, claims.guest().policy().migrationAgent());
      } else {
        Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, platform);
      }
    }
    var without = AmdPlatform.vcek(Product.MILAN);
    without.guest().number(SnpReportBuilder.POLICY, 0, 8);
    Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, without);
  }

  @Test
  void eachVmplIsAClaimAndThereAreFour() {
    for (var vmpl = 0; vmpl < 4; vmpl++) {
      var platform = AmdPlatform.vcek(Product.MILAN);
      platform.guest().number(SnpReportBuilder.VMPL, vmpl, 4);
      assertEquals(vmpl, Generated.verified(platform).guest().vmpl());
    }
    for (var vmpl : List.of(4L, 0xffff_ffffL)) {
      var platform = AmdPlatform.vcek(Product.MILAN);
      platform.guest().number(SnpReportBuilder.VMPL, vmpl, 4);
      Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, platform);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x4c, 0x18b, 0x19f, 0x1eb, 0x1ef, 0x1f8, 0x207, 0x208, 0x29f})
  void reservedBytesAreZero(int at) {
    var platform = AmdPlatform.vcek(Product.MILAN);
    platform.guest().number(at, 1, 1);
    Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, platform);
  }

  @Test
  void theKindOfTheKeyIsTheOneOfTheCertificate() {
    var vcek = AmdPlatform.vcek(Product.MILAN);
    vcek.guest().number(SnpReportBuilder.KEY_INFO, 1 << 2, 4);
    Generated.assertRejected(RejectionId.COLLATERAL_MISSING, vcek);
    for (var key : List.of(2, 3, 4, 5, 6, 7)) {
      var other = AmdPlatform.vcek(Product.MILAN);
      other.guest().number(SnpReportBuilder.KEY_INFO, (long) key << 2, 4);
      Generated.assertRejected(RejectionId.UNSUPPORTED_EVIDENCE, other);
    }
    var reserved = AmdPlatform.vcek(Product.MILAN);
    reserved.guest().number(SnpReportBuilder.KEY_INFO, 1 << 5, 4);
    Generated.assertRejected(RejectionId.MALFORMED_EVIDENCE, reserved);
  }

  @Test
  void onlyTheKnownAlgorithmIsSupported() {
    for (var algorithm : List.of(0, 2, 0x101)) {
      var platform = AmdPlatform.vcek(Product.MILAN);
      platform.guest().number(SnpReportBuilder.SIGNATURE_ALGORITHM, algorithm, 4);
      Generated.assertRejected(RejectionId.UNSUPPORTED_EVIDENCE, platform);
    }
  }
}
