package dev.testudo.cas.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.collateral.CollateralKeeper;
import dev.testudo.cas.collateral.CollateralKeeper.Waiting;
import dev.testudo.cas.collateral.KeeperSettings;
import dev.testudo.cas.collateral.Obtaining;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.evidence.Endorsement.Expiry;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.trust.attest.context.TpmCredentials;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.collateral.CollateralAdmission;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.ManufacturerVerifier;
import dev.testudo.trust.collateral.service.ServiceSettings;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.http.Proxies;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// CAS verifies quotes of a generated platform with the documents of a folder, and fetches nothing.
class EvidenceVerificationTest {
  private static final Instant START = IntelPlatformMaker.AT;
  private static final Instant END = START.plus(Duration.ofDays(1));

  @TempDir private Path work;

  private final IntelPlatformMaker platform = IntelPlatformMaker.of(Kind.TDX_4);
  private final ReportData mine = new ReportData("5a".repeat(64));
  private volatile Instant now = START;
  private CollateralKeeper keeper;

  @BeforeEach
  void open() throws IOException {
    platform.reportData(mine);
    platform.pckCrl().until(END);
    platform.rootCrl().until(END);
    platform.tcbInfo().until(END);
    platform.qeIdentity().until(END);
    keeper = keeper(Optional.empty(), CollateralKeeper.Wait::until);
  }

  private CollateralKeeper keeper(Optional<ServiceSettings> services, Waiting waiting)
      throws IOException {
    return CollateralKeeper.open(
        KeeperSettings.of(folder(), services), platform.roots(), () -> now, waiting);
  }

  @AfterEach
  void close() throws IOException {
    keeper.close();
  }

  private Path folder() {
    return work.resolve("collateral");
  }

  private void publish() throws IOException {
    var verifier = new ManufacturerVerifier(platform.roots(), platform::collateral);
    var admission = new CollateralAdmission(CollateralFolder.open(folder()), verifier, false);
    for (var document : platform.documents().values()) {
      admission.admit(document, now);
    }
  }

  private Verification verify(Optional<CollateralKeeper> documents, ReportData expected)
      throws Refused, IOException {
    return new EvidenceVerification(platform.roots(), documents, () -> now)
        .verify(platform.evidence(), expected, TpmCredentials.NONE, stranger());
  }

  private static Caller stranger() {
    return Caller.of(Optional.empty(), InetAddress.getLoopbackAddress());
  }

  private Verification verify() throws Refused, IOException {
    return verify(Optional.of(keeper), mine);
  }

  private String missing() {
    return platform.documents().keySet().stream()
        .map(Object::toString)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(", "));
  }

  @Test
  void aRefusalNamesAllMissingDocumentsAndWhatIsImportedThenCounts() throws Exception {
    var refused = assertThrows(Refused.class, this::verify);
    assertEquals(RefusalId.COLLATERAL_UNAVAILABLE, refused.id());
    assertEquals(
        "collateral is missing (%s): this CAS fetches nothing; its operator can import a bundle with `testudo attest collateral import`"
            .formatted(missing()),
        refused.message());
    publish();
    now = START.plusSeconds(1);
    assertInstanceOf(Verified.class, verify());
  }

  @Test
  void aCasWithoutAFolderSaysHowToStartOneThatHasIt() throws Exception {
    var refused = assertThrows(Refused.class, () -> verify(Optional.empty(), mine));
    assertEquals(RefusalId.COLLATERAL_UNAVAILABLE, refused.id());
    assertEquals(
        "collateral is missing (%s): this CAS keeps none; start it with `--collateral`"
            .formatted(missing()),
        refused.message());
  }

  /// Nothing is fetched here: everything is imported while the request waits for something else.
  @Test
  void whatCameDuringTheWaitCountsAlthoughSomethingElseCannotBeHad() throws Exception {
    keeper.close();
    keeper =
        keeper(
            Optional.of(ServiceSettings.usual(Proxies.NONE)),
            _ -> {
              publish();
              now = START.plusSeconds(1);
              var all = platform.documents().keySet();
              assertInstanceOf(Obtaining.Obtained.class, keeper.obtain(all, stranger()));
              return new Obtaining.Unavailable("nobody has a document of another generation");
            });
    assertInstanceOf(Verified.class, verify());
  }

  @Test
  void evidenceForAnotherKeyIsRejected() throws Exception {
    publish();
    now = START.plusSeconds(1);
    var rejected =
        assertInstanceOf(
            Rejected.class, verify(Optional.of(keeper), new ReportData("00".repeat(64))));
    assertEquals(RejectionId.NOT_BOUND, rejected.id());
  }

  /// How much of the grace counts, the policy says; see `RecordedSgxDecisionTest`.
  @Test
  void endedDocumentsAreClaimsForAsLongAsAPolicyCanAllow() throws Exception {
    publish();
    now = END.plus(PlatformTerms.MOST_GRACE);
    var verified = assertInstanceOf(Verified.class, verify());
    var claims = assertInstanceOf(EvidenceClaims.Tdx.class, verified.claims());
    assertEquals(
        missing(),
        claims.platform().endorsement().ended(now).stream()
            .map(Expiry::document)
            .sorted()
            .collect(Collectors.joining(", ")));
    now = now.plusSeconds(1);
    var rejected = assertInstanceOf(Rejected.class, verify());
    assertEquals(List.of(), List.copyOf(rejected.missing()));
    assertEquals(RejectionId.OUTSIDE_VALIDITY, rejected.id());
  }
}
