package dev.testudo.trust.attest.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelPlatform;
import dev.testudo.policy.evidence.IntelTcb.Part;
import dev.testudo.policy.evidence.IntelTcb.PartKind;
import dev.testudo.policy.evidence.TcbShortfall;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.generator.TcbLevelMaker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Platforms of the generator: what is accepted, and with which status. Names in comments are those
/// of the same case in dcap-qvl's `generate_all_samples.rs`.
class GeneratedQuoteTest {
  private static IntelPlatform platform(Verification verification) {
    var verified = assertInstanceOf(Verified.class, verification, () -> verification.toString());
    return switch (verified.claims()) {
      case EvidenceClaims.Sgx sgx -> sgx.platform();
      case EvidenceClaims.Tdx tdx -> tdx.platform();
      case EvidenceClaims.Software _, EvidenceClaims.Snp _, EvidenceClaims.Tpm _ ->
          throw new AssertionError(verified);
    };
  }

  private static String status(IntelPlatformMaker maker) {
    return platform(maker.verify()).tcb().status().toString();
  }

  private static RejectionId refused(IntelPlatformMaker maker) {
    var verification = maker.verify();
    return assertInstanceOf(Rejected.class, verification, verification::toString).id();
  }

  private static Part part(IntelPlatformMaker maker, PartKind kind) {
    return platform(maker.verify()).tcb().parts().stream()
        .filter(part -> part.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest // valid_sgx_v3, valid_sgx_v4, valid_sgx_v5, valid_tdx_v4, valid_tdx_v5
  @EnumSource(Kind.class)
  void quotesOfEveryVersionAreAcceptedUnderTheirRoot(Kind kind) {
    for (var ca : PckCa.values()) {
      var maker = IntelPlatformMaker.of(kind, ca);
      var verified = assertInstanceOf(Verified.class, maker.verify());
      assertEquals("UpToDate", platform(verified).tcb().status().toString());
      assertFalse(verified.claims().isHardwareAttested(), "a test root is no vendor");
      assertEquals(20, platform(verified).tcb().evaluationNumber());
    }
  }

  @Test
  void aPlatformWithoutInstanceHasNone() {
    var maker = IntelPlatformMaker.of(Kind.SGX_3, PckCa.PROCESSOR);
    maker.platform().withoutInstance();
    var pck = platform(maker.verify()).pck();
    assertEquals(Optional.empty(), pck.instanceId());
    assertEquals(Optional.empty(), pck.smt());
    var other = platform(IntelPlatformMaker.of(Kind.SGX_3).verify()).pck();
    assertEquals(Optional.of("22".repeat(16)), other.instanceId());
    assertEquals(Optional.of(true), other.smt());
  }

  @ParameterizedTest // tcb_status_*
  @ValueSource(
      strings = {
        "UpToDate",
        "SWHardeningNeeded",
        "ConfigurationNeeded",
        "ConfigurationAndSWHardeningNeeded",
        "OutOfDate",
        "OutOfDateConfigurationNeeded"
      })
  void theStatusOfTheLevelIsThatOfThePlatform(String status) {
    for (var kind : Kind.values()) {
      var maker = IntelPlatformMaker.of(kind);
      maker.tcbInfo().levels(status);
      assertEquals(status, status(maker));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UpToDate, OutOfDate",
    "SWHardeningNeeded, OutOfDate",
    "ConfigurationNeeded, OutOfDateConfigurationNeeded",
    "ConfigurationAndSWHardeningNeeded, OutOfDateConfigurationNeeded",
    "OutOfDate, OutOfDate",
    "OutOfDateConfigurationNeeded, OutOfDateConfigurationNeeded"
  })
  void aPartThatIsOutOfDateMakesThePlatformSo(String platform, String together) {
    var qe = IntelPlatformMaker.of(Kind.SGX_3);
    qe.tcbInfo().levels(platform);
    qe.qeIdentity().levels(Map.of(6, "UpToDate", 4, "OutOfDate"));
    assertEquals(together, status(qe));
    var module = IntelPlatformMaker.of(Kind.TDX_4);
    module.tcbInfo().levels(platform).module("TDX_01", Map.of(5, "UpToDate", 2, "OutOfDate"));
    assertEquals(together, status(module));
  }

  @ParameterizedTest
  @CsvSource({
    "UpToDate, TDRelaunchAdvised",
    "SWHardeningNeeded, TDRelaunchAdvised",
    "ConfigurationNeeded, TDRelaunchAdvisedConfigurationNeeded",
    "ConfigurationAndSWHardeningNeeded, TDRelaunchAdvisedConfigurationNeeded",
    "OutOfDate, OutOfDate",
    "OutOfDateConfigurationNeeded, OutOfDateConfigurationNeeded"
  })
  void aDomainWhoseModuleWasUpdatedShouldBeRelaunched(String platform, String together) {
    var maker = relaunched();
    maker.tcbInfo().levels(platform);
    assertEquals(together, status(maker));
  }

  /// A domain that was launched by module SVN 2 and runs on 3.
  private static IntelPlatformMaker relaunched() {
    var maker = IntelPlatformMaker.of(Kind.TDX_5_15);
    maker.quote().body(0, "02");
    maker.tcbInfo().module("TDX_01", Map.of(3, "UpToDate", 2, "OutOfDate"));
    return maker;
  }

  @Test
  void aQuotingEnclaveThatIsOutOfDateIsNotCuredByRelaunching() {
    var maker = relaunched();
    maker.qeIdentity().levels(Map.of(6, "UpToDate", 4, "OutOfDate"));
    assertEquals("OutOfDate", status(maker));
  }

  @Test
  void theModuleThatRunsNowIsNeitherRevokedNorUnknown() {
    var revoked = relaunched();
    revoked.tcbInfo().module("TDX_01", Map.of(3, "Revoked", 2, "OutOfDate"));
    assertEquals(RejectionId.REVOKED_TCB, refused(revoked));
    var launchRevoked = relaunched();
    launchRevoked.tcbInfo().module("TDX_01", Map.of(3, "UpToDate", 2, "Revoked"));
    assertEquals(RejectionId.REVOKED_TCB, refused(launchRevoked));
    var below = relaunched();
    below.quote().body(584, "01");
    assertEquals(RejectionId.NO_TCB_LEVEL, refused(below));
    var unknown = relaunched();
    unknown.quote().body(585, "07");
    assertEquals(RejectionId.WRONG_TDX_MODULE, refused(unknown));
  }

  @Test
  void levelsAreSortedWhateverTheirOrder() {
    for (var kind : List.of(Kind.SGX_3, Kind.TDX_4)) {
      var tdx = kind.isTdx();
      var levels = new ArrayList<TcbLevelMaker>();
      levels.add(TcbLevelMaker.of(1, 1, tdx, "OutOfDateConfigurationNeeded"));
      levels.add(TcbLevelMaker.of(5, 9, tdx, "ConfigurationNeeded"));
      levels.add(TcbLevelMaker.of(5, 10, tdx, "SWHardeningNeeded"));
      levels.add(TcbLevelMaker.of(6, 10, tdx, "UpToDate"));
      for (var i = 0; i < levels.size(); i++) {
        Collections.rotate(levels, 1);
        var maker = IntelPlatformMaker.of(kind);
        maker.tcbInfo().levels(levels);
        assertEquals("SWHardeningNeeded", status(maker));
      }
    }
  }

  @Test
  void twoLevelsWithEqualVersionsAreRefused() {
    var maker = IntelPlatformMaker.of(Kind.SGX_3);
    maker
        .tcbInfo()
        .levels(
            List.of(
                TcbLevelMaker.of(5, 10, false, "UpToDate"),
                TcbLevelMaker.of(5, 10, false, "OutOfDate")));
    assertEquals(RejectionId.COLLATERAL_WRONG, refused(maker));
  }

  @Test
  void aPlatformBelowAllLevelsIsRefused() { // tcb_level_no_match
    for (var index = 0; index < 16; index++) {
      var maker = IntelPlatformMaker.of(Kind.SGX_3);
      maker.platform().component(index, 2);
      assertEquals(RejectionId.NO_TCB_LEVEL, refused(maker));
    }
    var pce = IntelPlatformMaker.of(Kind.SGX_3);
    pce.platform().pceSvn(7);
    assertEquals(RejectionId.NO_TCB_LEVEL, refused(pce));
  }

  @Test
  void whatAPlatformLacksIsNamed() {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    maker.platform().component(6, 4).pceSvn(9);
    maker.quote().body(3, "03");
    maker.tcbInfo().module("TDX_01", Map.of(9, "UpToDate", 3, "OutOfDate"));
    assertEquals(
        List.of(
            new TcbShortfall("SGX component 7 (Early Microcode Update)", 4, 5),
            new TcbShortfall("PCESVN", 9, 10),
            new TcbShortfall("TDX component 4 (Early Microcode Update)", 3, 5)),
        part(maker, PartKind.PLATFORM).shortfalls());
    assertEquals(
        List.of(new TcbShortfall("TDX module SVN", 3, 9)),
        part(maker, PartKind.MODULE).shortfalls());
    assertEquals(List.of(), part(maker, PartKind.QE).shortfalls());
  }

  @Test
  void theTextOfAComponentIsCleanedAndCut() {
    var maker = IntelPlatformMaker.of(Kind.SGX_3);
    maker.platform().component(0, 4);
    maker.tcbInfo().edit(text -> text.replace("Early Microcode Update", "x\\u001b[31m".repeat(20)));
    var name = part(maker, PartKind.PLATFORM).shortfalls().getFirst().component();
    assertEquals("SGX component 1 (%s)".formatted("x??31m".repeat(8)), name);
  }

  @Test
  void modulesBeforeVersion1AreComparedByTheirComponents() {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    maker.quote().body(0, "0500");
    assertEquals(RejectionId.NO_TCB_LEVEL, refused(maker));
    maker.quote().body(0, "0300");
    maker
        .tcbInfo()
        .edit(
            text ->
                text.replaceFirst("(\"tdxtcbcomponents\":\\[\\{\"svn\":\\d.*?\"svn\":)5", "$10"));
    assertEquals(RejectionId.NO_TCB_LEVEL, refused(maker));
    maker.quote().body(0, "0500");
    assertEquals("UpToDate", status(maker));
    assertTrue(
        platform(maker.verify()).tcb().parts().stream()
            .noneMatch(part -> part.kind() == PartKind.MODULE));
  }

  @Test
  void zerosBehindAQuoteChangeNothing() {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    maker.quote().padding(3000);
    assertEquals("UpToDate", status(maker));
  }

  @Test
  void revocationListsAreReadInEachForm() {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    maker.pckCrl().hexadecimal();
    maker.rootCrl().hexadecimal();
    assertEquals("UpToDate", status(maker));
    maker.pckCrl().revoke(maker.pck());
    assertEquals(RejectionId.REVOKED_CERTIFICATE, refused(maker));
  }
}
