package dev.testudo.trust.attest.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.DocumentId.QeIdentity;
import dev.testudo.trust.attest.evidence.DocumentId.TcbInfo;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.CertificateMaker;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.generator.SigningKey;
import dev.testudo.trust.generator.TcbLevelMaker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Bugs that verifiers of others had, by the numbers of this project's list of them. Numbers 13 and
/// 14 are about AMD and tested with AMD's evidence. Numbers 17 (the key of CAS is not pinned) and
/// 20 (what is full lets everybody pass) are not about verification of evidence.
class VerifierBugTest {
  private static final Instant AT = IntelPlatformMaker.AT;
  private static final String SEAM = "\"attributes\":\"";
  private static final String MASK = "\"attributesMask\":\"";

  private static void refused(RejectionId id, Kind kind, Consumer<IntelPlatformMaker> fault) {
    var maker = IntelPlatformMaker.of(kind);
    fault.accept(maker);
    refused(id, maker.verify());
  }

  private static void refused(RejectionId id, Verification verification) {
    assertEquals(id, assertInstanceOf(Rejected.class, verification, verification::toString).id());
  }

  private static void accepted(Verification verification) {
    assertInstanceOf(Verified.class, verification, verification::toString);
  }

  @Test
  void bug1TheQuotingEnclaveIsComparedWithItsIdentity() {
    for (var kind : List.of(Kind.SGX_3, Kind.TDX_4)) {
      var wrong = RejectionId.WRONG_QUOTING_ENCLAVE;
      refused(wrong, kind, maker -> maker.quote().qeReport(128, "00"));
      refused(wrong, kind, maker -> maker.quote().qeReport(256, "03"));
      refused(wrong, kind, maker -> maker.quote().qeReport(19, "01"));
      refused(wrong, kind, maker -> maker.quote().qeReport(48, "13")); // debug
      refused(wrong, kind, maker -> maker.quote().qeReport(48, "31"));
      refused(RejectionId.NO_TCB_LEVEL, kind, maker -> maker.quote().qeReport(258, "03"));
      refused(
          RejectionId.COLLATERAL_WRONG,
          kind,
          maker -> maker.qeIdentity().signedBy(SigningKey.generate()));
      refused(
          wrong, // the mask leaves the debug bit out
          kind,
          maker -> {
            maker.quote().qeReport(48, "13");
            maker.qeIdentity().edit(text -> text.replace("FBFF", "F9FF"));
          });
    }
  }

  @Test
  void bug2TheTdxModuleIsComparedWithItsIdentity() {
    var kind = Kind.TDX_4;
    var wrong = RejectionId.WRONG_TDX_MODULE;
    refused(
        RejectionId.REVOKED_TCB,
        kind,
        maker -> maker.tcbInfo().module("TDX_01", Map.of(3, "Revoked")));
    refused(
        RejectionId.NO_TCB_LEVEL,
        kind,
        maker -> maker.tcbInfo().module("TDX_01", Map.of(4, "UpToDate")));
    refused(wrong, kind, maker -> maker.quote().body(1, "02"));
    refused(wrong, kind, maker -> maker.tcbInfo().withoutModules());
    refused(wrong, kind, maker -> maker.quote().body(64, "01"));
    for (var bit = 0; bit < 64; bit++) {
      var offset = 112 + bit / 8;
      var value = "%02x".formatted(1 << (bit % 8));
      refused(wrong, kind, maker -> maker.quote().body(offset, value));
    }
    refused(
        wrong, // no attribute may be set, also if the mask leaves it out
        kind,
        maker -> {
          maker.quote().body(112, "01");
          maker.tcbInfo().edit(text -> text.replace(MASK + "FF".repeat(8), MASK + "00".repeat(8)));
        });
    refused(
        wrong, // the module must have those that the document demands
        kind,
        maker ->
            maker
                .tcbInfo()
                .edit(text -> text.replace(SEAM + "00".repeat(8), SEAM + "01" + "00".repeat(7))));
    accepted(IntelPlatformMaker.of(kind).verify());
  }

  @Test
  void bug3DocumentsAreValidOnlyInTheirTime() {
    var outside = RejectionId.OUTSIDE_VALIDITY;
    var before = AT.minusSeconds(1);
    var after = AT.plusSeconds(1);
    for (var kind : List.of(Kind.SGX_3, Kind.TDX_5_15)) {
      refused(outside, kind, maker -> maker.tcbInfo().until(before));
      refused(outside, kind, maker -> maker.tcbInfo().from(after));
      refused(outside, kind, maker -> maker.qeIdentity().until(before));
      refused(outside, kind, maker -> maker.qeIdentity().from(after));
      refused(outside, kind, maker -> maker.pckCrl().until(before));
      refused(outside, kind, maker -> maker.pckCrl().from(after));
      refused(outside, kind, maker -> maker.rootCrl().until(before));
      refused(outside, kind, maker -> maker.rootCrl().from(after));
      var atBothEnds = IntelPlatformMaker.of(kind);
      atBothEnds.tcbInfo().from(AT).until(AT);
      atBothEnds.qeIdentity().from(AT).until(AT);
      atBothEnds.pckCrl().from(AT).until(AT);
      atBothEnds.rootCrl().from(AT).until(AT);
      accepted(atBothEnds.verify());
    }
  }

  @Test
  void documentsHaveTheGraceThatTheCallerGivesAndCertificatesNone() {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    maker.tcbInfo().until(AT);
    maker.rootCrl().until(AT);
    var grace = Duration.ofDays(1);
    accepted(maker.verify(AT.plus(grace), grace));
    refused(RejectionId.OUTSIDE_VALIDITY, maker.verify(AT.plus(grace).plusSeconds(1), grace));
    maker.pck().until(AT.minusSeconds(1));
    refused(RejectionId.OUTSIDE_VALIDITY, maker.verify(AT, grace));
  }

  @Test
  void bug4TheFirstTwoVersionsOfTdxAreThoseOfTheModule() {
    accepted(IntelVectors.verify(Vectors.one("tdx/v4-gcp-cos-113")));
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    var svns = new ArrayList<>(Collections.nCopies(16, 5));
    svns.set(0, 255);
    svns.set(1, 255);
    maker
        .tcbInfo()
        .levels(
            List.of(
                new TcbLevelMaker(
                    Collections.nCopies(16, 5), 10, Optional.of(svns), "UpToDate", AT.toString())));
    accepted(maker.verify());
  }

  @Test
  void bug5APlatformIsAppraisedByItsLevelWhateverTheStatus() {
    accepted(IntelVectors.verify(Vectors.one("sgx/icelake-hardening")));
    accepted(IntelVectors.verify(Vectors.one("tdx/v4-padded-outofdate")));
  }

  @Test
  void bug6ThereAreSixteenComponents() {
    for (var count : List.of(15, 17)) {
      var svns = Collections.nCopies(count, 5);
      var good = Collections.nCopies(16, 5);
      var date = AT.toString();
      refused(
          RejectionId.COLLATERAL_WRONG,
          Kind.SGX_3,
          maker ->
              maker
                  .tcbInfo()
                  .levels(
                      List.of(new TcbLevelMaker(svns, 10, Optional.empty(), "UpToDate", date))));
      for (var sgx : List.of(svns, good)) {
        var tdx = sgx.equals(svns) ? good : svns;
        refused(
            RejectionId.COLLATERAL_WRONG,
            Kind.TDX_4,
            maker ->
                maker
                    .tcbInfo()
                    .levels(
                        List.of(new TcbLevelMaker(sgx, 10, Optional.of(tdx), "UpToDate", date))));
      }
    }
  }

  @Test
  void bug7UnknownAndRevokedStatusesAreRefused() {
    var wrong = RejectionId.COLLATERAL_WRONG;
    for (var word : List.of("Splendid", "TDRelaunchAdvised", "uptodate", "")) {
      refused(wrong, Kind.TDX_4, maker -> maker.tcbInfo().levels(word));
      refused(
          wrong, // a level that the platform does not reach
          Kind.TDX_4,
          maker ->
              maker
                  .tcbInfo()
                  .levels(
                      List.of(
                          TcbLevelMaker.of(9, 9, true, word),
                          TcbLevelMaker.of(1, 1, true, "UpToDate"))));
      refused(wrong, Kind.TDX_4, maker -> maker.tcbInfo().module("TDX_03", Map.of(1, word)));
      refused(
          wrong, Kind.TDX_4, maker -> maker.qeIdentity().levels(Map.of(4, "UpToDate", 2, word)));
    }
    var revoked = RejectionId.REVOKED_TCB;
    refused(revoked, Kind.SGX_3, maker -> maker.tcbInfo().levels("Revoked"));
    refused(revoked, Kind.TDX_5_15, maker -> maker.tcbInfo().levels("Revoked"));
    refused(revoked, Kind.TDX_4, maker -> maker.qeIdentity().levels(Map.of(4, "Revoked")));
  }

  @Test
  void bug8TheVendorOfTheQuotingEnclaveIsIntel() {
    for (var kind : Kind.values()) {
      refused(RejectionId.WRONG_QUOTING_ENCLAVE, kind, maker -> maker.quote().header(12, "94"));
    }
  }

  @Test
  void bug9DocumentsAreStrictJson() {
    List<Function<String, String>> faults =
        List.of(
            text -> text + "x",
            text -> text + "{}",
            text -> "[".repeat(100_000),
            text -> "{\"a\":".repeat(100_000),
            text -> text.replaceFirst("\\{", "{\"signature\":\"\","),
            text -> text.replace("\"version\"", "\"version\":3,\"version\""),
            text ->
                text.replace("\"tcbInfo\"", "\"\\u0074cbInfo\"")
                    .replace("\"enclaveIdentity\"", "\"\\u0065nclaveIdentity\""),
            text -> text.replaceFirst("\\{", "{\"other\":1,"),
            text -> "",
            text -> "null",
            text -> text.replace("\"signature\":\"", "\"signature\":\"zz"),
            text -> text.replaceAll("\"signature\":\"[0-9a-f]*\"", "\"signature\":1"),
            text -> text.replaceAll("\"signature\":\"[0-9a-f]*\"", "\"signature\":\"00\""));
    for (var fault : faults) {
      refused(
          RejectionId.COLLATERAL_WRONG,
          Kind.TDX_4,
          maker -> maker.tcbInfo().editReply(fault::apply));
      refused(
          RejectionId.COLLATERAL_WRONG,
          Kind.SGX_3,
          maker -> maker.qeIdentity().editReply(fault::apply));
    }
    var spaced = IntelPlatformMaker.of(Kind.TDX_4);
    spaced
        .tcbInfo()
        .editReply(text -> text.replaceFirst("\\{\"tcbInfo\":", " {\n \"tcbInfo\" : ") + "\n");
    accepted(spaced.verify());
  }

  @Test
  void bug10LengthsAndTypesAreChecked() {
    for (var kind : Kind.values()) {
      var maker = IntelPlatformMaker.of(kind);
      var quote = maker.quoteBytes().toBytes();
      var context = maker.context(AT, Duration.ZERO);
      for (var offset : lengths(kind, quote)) {
        for (var value : List.of(0, -1, 0x7fff, 1)) {
          var changed = quote.clone();
          for (var i = 0; i < 2; i++) {
            changed[offset + i] = (byte) (value >> (8 * i));
          }
          var evidence = maker.evidence(Octets.of(changed));
          refused(
              RejectionId.MALFORMED_EVIDENCE, Verifier.verify(evidence, Optional.empty(), context));
        }
      }
    }
    var wrong = RejectionId.COLLATERAL_WRONG;
    for (var change :
        List.of(
            Map.entry("\"version\":3", "\"version\":\"3\""),
            Map.entry("\"version\":3", "\"version\":3.0"),
            Map.entry("\"pcesvn\":10", "\"pcesvn\":-1"),
            Map.entry("\"pcesvn\":10", "\"pcesvn\":65536"),
            Map.entry("\"svn\":5", "\"svn\":256"),
            Map.entry("\"tcbLevels\":[", "\"tcbLevels\":{},\"x\":["),
            Map.entry("\"tcb\":{", "\"tcb\":[],\"x\":{"),
            Map.entry("\"tcbType\":0", "\"tcbType\":1"),
            Map.entry("\"id\":\"TDX\"", "\"id\":\"SGX\""),
            Map.entry("\"fmspc\":\"", "\"fmspc\":\"00"))) {
      refused(
          wrong,
          Kind.TDX_4,
          maker -> maker.tcbInfo().edit(text -> text.replace(change.getKey(), change.getValue())));
    }
    refused(wrong, Kind.SGX_3, maker -> maker.tcbInfo().version(2));
    refused(wrong, Kind.SGX_3, maker -> maker.tcbInfo().levels(List.of()));
  }

  /// Returns the offsets of the length fields that a quote has, apart from its QE's data.
  private static List<Integer> lengths(Kind kind, byte[] quote) {
    var end = quote.length;
    var chain = new String(quote, StandardCharsets.ISO_8859_1).indexOf("-----");
    var offsets = new ArrayList<Integer>();
    offsets.add(chain - 4);
    var qe = chain - 4 - 2 - 32 - 2 - 64 - 384;
    if (kind == Kind.SGX_3) {
      offsets.add(qe - 64 - 64 - 4);
    } else {
      offsets.add(qe - 4);
      offsets.add(qe - 4 - 2 - 64 - 64 - 4);
    }
    if (kind == Kind.SGX_5 || kind == Kind.TDX_5 || kind == Kind.TDX_5_15) {
      offsets.add(50);
    }
    assertEquals(true, offsets.stream().allMatch(offset -> offset > 0 && offset < end));
    return offsets;
  }

  @Test
  void bug11CertificatesHaveTheirRolesAndCollateralItsPlatform() {
    for (var kind : List.of(Kind.SGX_3, Kind.TDX_4)) {
      var untrusted = RejectionId.UNTRUSTED_CHAIN;
      refused(untrusted, kind, maker -> maker.chain(List.of(maker.pckCa(), maker.root())));
      refused(untrusted, kind, maker -> maker.pck().pathLength(0));
      refused(untrusted, kind, maker -> maker.pckCa().pathLength(-1));
      refused(untrusted, kind, maker -> maker.pck().named("Intel SGX TCB Signing"));
      refused(untrusted, kind, maker -> maker.pckCa().named("Intel SGX Other CA"));
      refused(untrusted, kind, maker -> maker.pck().signedBy(maker.root().key()));
      refused(untrusted, kind, maker -> maker.root().pathLength(0));
      var wrong = RejectionId.COLLATERAL_WRONG;
      refused(wrong, kind, maker -> maker.tcbSigning().named("Intel SGX PCK Certificate"));
      refused(wrong, kind, maker -> maker.tcbSigning().signedBy(maker.pck().key()));
      refused(wrong, kind, maker -> maker.tcbSigning().pathLength(0));
      refused(wrong, kind, maker -> maker.pckCrl().signedBy(maker.root().key()));
      refused(wrong, kind, maker -> maker.rootCrl().signedBy(maker.pckCa().key()));
      var mismatch = RejectionId.COLLATERAL_MISMATCH;
      refused(mismatch, kind, maker -> maker.tcbInfo().fmspc("00906ea10001"));
      refused(mismatch, kind, maker -> maker.platform().pceId("0001"));
    }
  }

  @Test
  void bug12AWrongSignatureLeavesNoClaims() {
    for (var kind : Kind.values()) {
      var maker = IntelPlatformMaker.of(kind);
      var quote = maker.quoteBytes().toBytes();
      var signature = lengths(kind, quote).stream().filter(o -> o > 50).min(Integer::compare);
      quote[signature.orElseThrow() + 4 + 63] ^= 1;
      refused(
          RejectionId.WRONG_SIGNATURE,
          Verifier.verify(
              maker.evidence(Octets.of(quote)),
              Optional.empty(),
              maker.context(AT, Duration.ZERO)));
      refused(RejectionId.WRONG_SIGNATURE, kind, other -> other.quote().unbound());
      refused(RejectionId.WRONG_SIGNATURE, kind, other -> other.quote().qeReport(352, "01"));
    }
  }

  @Test
  void bug15EvidenceIsBoundByAll64Bytes() {
    var data = new ReportData("ab".repeat(64));
    for (var kind : Kind.values()) {
      var maker = IntelPlatformMaker.of(kind).reportData(data);
      var context = maker.context(AT, Duration.ZERO);
      accepted(Verifier.verify(maker.evidence(), Optional.of(data), context));
      for (var other : List.of("00".repeat(64), "ab".repeat(32) + "00".repeat(32))) {
        refused(
            RejectionId.NOT_BOUND,
            Verifier.verify(maker.evidence(), Optional.of(new ReportData(other)), context));
      }
    }
  }

  @Test
  void bug16EachCertificateIsValidOnlyInItsTime() {
    List<Function<IntelPlatformMaker, CertificateMaker>> certificates =
        List.of(
            IntelPlatformMaker::pck,
            IntelPlatformMaker::pckCa,
            IntelPlatformMaker::root,
            IntelPlatformMaker::tcbSigning);
    for (var certificate : certificates) {
      refused(
          RejectionId.OUTSIDE_VALIDITY,
          Kind.TDX_4,
          maker -> certificate.apply(maker).until(AT.minusSeconds(1)));
      refused(
          RejectionId.OUTSIDE_VALIDITY,
          Kind.SGX_3,
          maker -> certificate.apply(maker).from(AT.plusSeconds(1)));
    }
  }

  @Test
  void eachCertificateCanBeRevoked() {
    var revoked = RejectionId.REVOKED_CERTIFICATE;
    refused(revoked, Kind.TDX_4, maker -> maker.pckCrl().revoke(maker.pck()));
    refused(revoked, Kind.TDX_4, maker -> maker.rootCrl().revoke(maker.pckCa()));
    refused(revoked, Kind.TDX_4, maker -> maker.rootCrl().revoke(maker.root()));
    refused(revoked, Kind.TDX_4, maker -> maker.rootCrl().revoke(maker.tcbSigning()));
  }

  @Test
  void bug18RevocationListsMayBeHexadecimal() {
    accepted(IntelVectors.verify(Vectors.one("tdx/v5-relaunch-advised")));
  }

  @Test
  void bug19TheChainLeadsToThePinnedKey() {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    var stranger = IntelPlatformMaker.of(Kind.TDX_4);
    refused(
        RejectionId.UNTRUSTED_CHAIN,
        Verifier.verify(stranger.evidence(), Optional.empty(), maker.context(AT, Duration.ZERO)));
    refused(
        RejectionId.UNTRUSTED_CHAIN,
        Kind.TDX_4,
        other -> other.chain(List.of(other.pck(), other.pckCa())));
    refused(
        RejectionId.UNTRUSTED_CHAIN,
        Kind.TDX_4,
        other -> other.chain(List.of(other.pck(), other.pckCa(), other.root(), other.root())));
    for (var order : List.of(List.of(2, 1, 0), List.of(0, 2, 1), List.of(1, 0, 2))) {
      var all = List.of(maker.pck(), maker.pckCa(), maker.root());
      accepted(maker.chain(order.stream().map(all::get).toList()).verify());
    }
  }

  /// Documents of one pinned root say nothing about platforms of another.
  @Test
  void bug19DocumentsAreUnderTheRootOfTheQuote() {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    var other = IntelPlatformMaker.of(Kind.TDX_4);
    for (var id : List.of(new TcbInfo(Tee.TDX, "00906ea10000"), new QeIdentity(Tee.TDX))) {
      var foreign = Optional.ofNullable(other.documents().get(id));
      var own = maker.collateral();
      Collateral mixed = asked -> asked.equals(id) ? foreign : own.find(asked);
      var roots = maker.roots().and(other.roots());
      var context =
          new VerificationContext(mixed, roots, AT, Duration.ZERO, VerificationMemory.none());
      refused(
          RejectionId.COLLATERAL_WRONG,
          Verifier.verify(maker.evidence(), Optional.empty(), context));
    }
  }

  @Test
  void unsupportedQuotesAreRefusedByName() {
    var unsupported = RejectionId.UNSUPPORTED_EVIDENCE;
    refused(unsupported, Kind.SGX_3, maker -> maker.quote().header(0, "02"));
    refused(unsupported, Kind.SGX_3, maker -> maker.quote().header(0, "06"));
    refused(unsupported, Kind.TDX_4, maker -> maker.quote().header(2, "03"));
    refused(unsupported, Kind.TDX_4, maker -> maker.quote().header(4, "82"));
    refused(unsupported, Kind.TDX_5_15, maker -> maker.quote().body(4, 885));
    refused(unsupported, Kind.TDX_5_15, maker -> maker.quote().body(5, 648));
    for (var type : List.of(1, 2, 3, 4, 6, 7, 0)) {
      refused(unsupported, Kind.TDX_4, maker -> maker.quote().certificationType(type));
    }
    var malformed = RejectionId.MALFORMED_EVIDENCE;
    refused(malformed, Kind.SGX_3, maker -> maker.quote().header(4, "81"));
    refused(malformed, Kind.TDX_5, maker -> maker.quote().body(3, 584));
    refused(malformed, Kind.TDX_5, maker -> maker.quote().body(2, 648));
    refused(malformed, Kind.TDX_5, maker -> maker.quote().body(1, 384));
    refused(malformed, Kind.SGX_5, maker -> maker.quote().body(2, 584));
  }
}
