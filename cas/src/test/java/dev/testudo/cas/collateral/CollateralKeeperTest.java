package dev.testudo.cas.collateral;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.collateral.CollateralCache;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.DocumentFacts;
import dev.testudo.trust.collateral.StoredDocument;
import dev.testudo.trust.collateral.service.DocumentSource;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollateralKeeperTest {
  private static final Instant START = Instant.parse("2025-06-10T00:00:00Z");
  private static final Duration NEVER = Duration.ofDays(365);
  private static final DocumentId TCB = id("sgx-tcb-info-00906ed50000");
  private static final DocumentId ROOT = id("intel-root-crl");

  @TempDir private Path work;

  private final Source source = new Source();
  private final List<AutoCloseable> open = new ArrayList<>();
  private CollateralCache cache;
  private volatile Instant now = START;

  private static DocumentId id(String name) {
    return DocumentId.parse(name).orElseThrow();
  }

  /// A document that says when it was issued and ends.
  private static Document genuine(DocumentId id, Instant issued, Duration life) {
    var body = "%s %s".formatted(issued, issued.plus(life));
    return new Document(id, Octets.of(body.getBytes(UTF_8)), Octets.of(new byte[0]));
  }

  private static DocumentFacts verify(Document document) throws EvidenceException {
    var words = new String(document.body().toBytes(), UTF_8).split(" ", -1);
    if (words.length != 2) {
      throw new EvidenceException(RejectionId.COLLATERAL_WRONG, "it is forged");
    }
    return new DocumentFacts(
        Instant.parse(words[0]), Instant.parse(words[1]), Instant.MAX, OptionalLong.empty());
  }

  /// A service that has what it was given.
  private static final class Source implements DocumentSource {
    private final Map<DocumentId, Document> documents = new ConcurrentHashMap<>();
    private final List<DocumentId> asked = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private Optional<Duration> retryAfter = Optional.empty();

    @Override
    public Document fetch(DocumentId id) throws IOException {
      asked.add(id);
      try {
        assertTrue(gate.await(60, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      var document = documents.get(id);
      if (document == null) {
        throw new CollateralException(Fault.UNKNOWN, "nobody has `%s`".formatted(id), retryAfter);
      }
      return document;
    }
  }

  @BeforeEach
  void folder() throws IOException {
    cache = new CollateralCache(CollateralFolder.open(work.resolve("collateral")));
  }

  @AfterEach
  void close() throws Exception {
    source.gate.countDown();
    for (var one : open) {
      one.close();
    }
  }

  private CollateralKeeper keeper(Duration patience, Optional<DocumentSource> from) {
    var settings =
        new KeeperSettings(cache.folder().directory(), Optional.empty(), NEVER, patience);
    var parts = new CollateralKeeper.Parts(cache, CollateralKeeperTest::verify, from, () -> {});
    var keeper = CollateralKeeper.open(settings, parts, () -> now, CollateralKeeper.Wait::until);
    open.add(keeper);
    return keeper;
  }

  private CollateralKeeper keeper() {
    return keeper(Duration.ofSeconds(30), Optional.of(source));
  }

  private void store(Document document, Instant received) throws IOException {
    try (var change = cache.folder().change()) {
      change.put(new StoredDocument(document, received));
    }
  }

  private static Caller caller(int address) throws IOException {
    var bytes = new byte[] {10, 0, 0, (byte) address};
    return Caller.of(Optional.empty(), InetAddress.getByAddress(bytes));
  }

  private static String reason(Obtaining outcome) {
    return assertInstanceOf(Obtaining.Unavailable.class, outcome).reason();
  }

  @Test
  void whatIsThereIsNotFetched() throws Exception {
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    var keeper = keeper();
    assertInstanceOf(Obtaining.Obtained.class, keeper.obtain(Set.of(TCB), caller(1)));
    assertEquals(List.of(), source.asked);
    assertTrue(keeper.current().find(TCB).isPresent());
  }

  @Test
  void whatIsMissingIsFetchedVerifiedAndKept() throws Exception {
    source.documents.put(TCB, genuine(TCB, START, Duration.ofDays(30)));
    var keeper = keeper();
    assertInstanceOf(Obtaining.Obtained.class, keeper.obtain(Set.of(TCB), caller(1)));
    assertTrue(keeper.current().find(TCB).isPresent());
    assertTrue(cache.folder().find(TCB).isPresent());
    assertEquals(List.of(TCB), source.asked);
  }

  @Test
  void aForgedDocumentIsNotKept() throws Exception {
    source.documents.put(
        TCB, new Document(TCB, Octets.of(new byte[] {'x'}), Octets.of(new byte[0])));
    var keeper = keeper();
    assertEquals(
        "collateral is missing (%1$s): `%1$s` is refused: it is forged".formatted(TCB),
        reason(keeper.obtain(Set.of(TCB), caller(1))));
    assertTrue(cache.folder().find(TCB).isEmpty());
  }

  @Test
  void whatCannotBeHadIsNotAskedForAgainForAWhile() throws Exception {
    var keeper = keeper();
    var refusal = "collateral is missing (%1$s): nobody has `%1$s`".formatted(TCB);
    assertEquals(refusal, reason(keeper.obtain(Set.of(TCB), caller(1))));
    assertEquals(refusal, reason(keeper.obtain(Set.of(TCB), caller(2))));
    assertEquals(1, source.asked.size());
    source.documents.put(TCB, genuine(TCB, START, Duration.ofDays(30)));
    now = START.plus(DemandedDocuments.REST);
    assertInstanceOf(Obtaining.Obtained.class, keeper.obtain(Set.of(TCB), caller(1)));
  }

  @Test
  void aRequestDoesNotWaitLongAndTheDocumentIsThereLater() throws Exception {
    source.gate = new CountDownLatch(1);
    source.documents.put(TCB, genuine(TCB, START, Duration.ofDays(30)));
    var impatient = keeper(Duration.ofMillis(1), Optional.of(source));
    assertEquals(
        "collateral is missing (%s): CAS is fetching them; try again".formatted(TCB),
        reason(impatient.obtain(Set.of(TCB), caller(1))));
    source.gate.countDown();
    while (impatient.current().find(TCB).isEmpty()) {
      Thread.onSpinWait();
    }
    assertInstanceOf(Obtaining.Obtained.class, impatient.obtain(Set.of(TCB), caller(1)));
    assertEquals(1, source.asked.size());
  }

  private static Set<DocumentId> platforms(int from, int count) {
    var ids = new HashSet<DocumentId>();
    for (var i = from; i < from + count; i++) {
      ids.add(id("sgx-tcb-info-%012x".formatted(i)));
    }
    return ids;
  }

  @Test
  void oneAddressCannotCauseManyFetches() throws Exception {
    source.gate = new CountDownLatch(1);
    var impatient = keeper(Duration.ofMillis(1), Optional.of(source));
    var some = platforms(0, DemandedDocuments.MOST_PER_ORIGIN);
    reason(impatient.obtain(some, caller(1)));
    assertEquals(
        "collateral is missing (%s): too many documents are being fetched for your address; try again"
            .formatted(ROOT),
        reason(impatient.obtain(Set.of(ROOT), caller(1))));
    assertEquals(
        "collateral is missing (%s): CAS is fetching them; try again".formatted(ROOT),
        reason(impatient.obtain(Set.of(ROOT), caller(2))));
  }

  @Test
  void manyAddressesTogetherCannotEither() throws Exception {
    source.gate = new CountDownLatch(1);
    var impatient = keeper(Duration.ofMillis(1), Optional.of(source));
    for (var address = 0; address < 10; address++) {
      reason(impatient.obtain(platforms(8 * address, 8), caller(address)));
    }
    assertEquals(
        "collateral is missing (%s): too many other documents are being fetched; try again"
            .formatted(ROOT),
        reason(impatient.obtain(Set.of(ROOT), caller(99))));
  }

  @Test
  void aCasThatFetchesNothingSaysSo() throws Exception {
    var offline = keeper(Duration.ofSeconds(1), Optional.empty());
    assertEquals(
        "collateral is missing (%s): this CAS fetches nothing; its operator can import a bundle with `testudo attest collateral import`"
            .formatted(TCB),
        reason(offline.obtain(Set.of(TCB), caller(1))));
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    offline.look();
    assertInstanceOf(Obtaining.Obtained.class, offline.obtain(Set.of(TCB), caller(1)));
  }

  @Test
  void aDocumentIsRefreshedEveryDayAndMoreOftenBeforeItEnds() throws Exception {
    var life = Duration.ofDays(30);
    store(genuine(TCB, START, life), START);
    source.documents.put(TCB, genuine(TCB, START, life));
    var keeper = keeper();
    now = START.plus(Duration.ofHours(23));
    keeper.look();
    assertEquals(0, source.asked.size());
    now = START.plus(Duration.ofHours(27));
    keeper.look();
    assertEquals(1, source.asked.size());
    keeper.look();
    assertEquals(1, source.asked.size());
    now = START.plus(life).minus(Duration.ofHours(4));
    keeper.look();
    assertEquals(2, source.asked.size());
    now = now.plus(Duration.ofMinutes(70));
    keeper.look();
    assertEquals(3, source.asked.size());
  }

  @Test
  void aNewDocumentReplacesTheOldOneAndAnOlderOneDoesNot() throws Exception {
    var life = Duration.ofDays(30);
    store(genuine(TCB, START, life), START);
    var newer = genuine(TCB, START.plusSeconds(60), life);
    source.documents.put(TCB, newer);
    var keeper = keeper();
    now = START.plus(Duration.ofHours(27));
    keeper.look();
    assertEquals(Optional.of(newer), keeper.current().find(TCB));
    source.documents.put(TCB, genuine(TCB, START, life));
    now = now.plus(Duration.ofHours(27));
    keeper.look();
    assertEquals(Optional.of(newer), keeper.current().find(TCB));
    assertEquals(2, source.asked.size());
  }

  @Test
  void afterAFailureItWaitsLongerAndLonger() throws Exception {
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    var keeper = keeper();
    now = START.plus(Duration.ofHours(27));
    for (var minutes : List.of(0, 2, 3, 5, 9, 18)) {
      now = now.plus(Duration.ofMinutes(minutes));
      var before = source.asked.size();
      keeper.look();
      assertEquals(before + 1, source.asked.size(), "after " + minutes + " minutes");
      keeper.look();
      assertEquals(before + 1, source.asked.size());
    }
  }

  @Test
  void noDocumentEndsWhileTheServiceHasNewOnes() throws Exception {
    var life = Duration.ofDays(30);
    store(genuine(TCB, START, life), START);
    var keeper = keeper();
    for (now = START;
        now.isBefore(START.plus(Duration.ofDays(100)));
        now = now.plusSeconds(21_600)) {
      source.documents.put(TCB, genuine(TCB, now, life));
      keeper.look();
      var facts = verify(keeper.current().find(TCB).orElseThrow());
      assertTrue(facts.firstEnd().isAfter(now.plus(Duration.ofDays(28))), () -> "at " + now);
    }
    assertTrue(source.asked.size() <= 100, () -> "asked " + source.asked.size() + " times");
  }

  @Test
  void whatHasEndedStaysForTheGraceOfPoliciesUntilThereIsANewOne() throws Exception {
    var ended = genuine(TCB, START, Duration.ofDays(1));
    store(ended, START);
    var keeper = keeper();
    now = START.plus(Duration.ofDays(20));
    keeper.look();
    assertEquals(1, source.asked.size());
    assertInstanceOf(Obtaining.Obtained.class, keeper.obtain(Set.of(TCB), caller(1)));
    assertEquals(1, source.asked.size());
    assertEquals(Optional.of(ended), keeper.current().find(TCB));
    var newer = genuine(TCB, now, Duration.ofDays(30));
    source.documents.put(TCB, newer);
    now = now.plus(Duration.ofMinutes(2));
    keeper.look();
    assertEquals(Optional.of(newer), keeper.current().find(TCB));
  }

  @Test
  void afterManyFailuresItAsksEveryHourAndAfterASuccessEveryDayAgain() throws Exception {
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    var keeper = keeper();
    now = START.plus(Duration.ofHours(27));
    for (var i = 0; i < 10; i++) {
      keeper.look();
      now = now.plus(Duration.ofMinutes(66)); // an hour and a tenth
    }
    assertEquals(10, source.asked.size());
    source.documents.put(TCB, genuine(TCB, now, Duration.ofDays(30)));
    keeper.look();
    now = now.plus(Duration.ofHours(23));
    keeper.look();
    assertEquals(11, source.asked.size());
    now = now.plus(Duration.ofHours(4));
    keeper.look();
    assertEquals(12, source.asked.size());
  }

  @Test
  void aServiceThatWantsToBeLeftAloneIsLeftAlone() throws Exception {
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    source.retryAfter = Optional.of(Duration.ofHours(5));
    var keeper = keeper();
    now = START.plus(Duration.ofHours(27));
    keeper.look();
    now = now.plus(Duration.ofHours(5)).minusSeconds(1);
    keeper.look();
    assertEquals(1, source.asked.size());
    now = now.plus(Duration.ofMinutes(31)); // a tenth
    keeper.look();
    assertEquals(2, source.asked.size());
  }

  @Test
  void aRestartDoesNotAskForWhatWasReceivedToday() throws Exception {
    store(genuine(TCB, START, Duration.ofDays(30)), START.plus(Duration.ofHours(20)));
    now = START.plus(Duration.ofHours(40));
    keeper().look();
    assertEquals(List.of(), source.asked);
    now = START.plus(Duration.ofHours(47));
    keeper().look();
    assertEquals(List.of(TCB), source.asked);
  }

  @Test
  void whoHasWhatItNeedsDoesNotWaitForARefresh() throws Exception {
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    var keeper = keeper();
    now = START.plus(Duration.ofHours(27));
    source.gate = new CountDownLatch(1);
    var refreshing = Thread.ofPlatform().start(keeper::look);
    while (source.asked.isEmpty()) {
      Thread.onSpinWait();
    }
    assertInstanceOf(Obtaining.Obtained.class, keeper.obtain(Set.of(TCB), caller(1)));
    assertTrue(keeper.current().find(TCB).isPresent());
    assertTrue(refreshing.isAlive());
    source.gate.countDown();
    refreshing.join();
    assertEquals(List.of(TCB), source.asked);
  }

  @Test
  void requestsThatLackTheSameDocumentShareOneFetch() throws Exception {
    source.gate = new CountDownLatch(1);
    source.documents.put(TCB, genuine(TCB, START, Duration.ofDays(30)));
    var impatient = keeper(Duration.ofMillis(1), Optional.of(source));
    for (var address = 0; address < 20; address++) {
      reason(impatient.obtain(Set.of(TCB), caller(address)));
    }
    assertTrue(
        impatient.metrics().lines().anyMatch("testudo_cas_collateral_fetches_waiting 1"::equals));
    source.gate.countDown();
    while (impatient.current().find(TCB).isEmpty()) {
      Thread.onSpinWait();
    }
    assertEquals(List.of(TCB), source.asked);
  }

  @Test
  void aRefusalNamesWhatIsStillMissing() throws Exception {
    source.documents.put(TCB, genuine(TCB, START, Duration.ofDays(30)));
    var keeper = keeper();
    assertEquals(
        "collateral is missing (%1$s): nobody has `%1$s`".formatted(ROOT),
        reason(keeper.obtain(Set.of(TCB, ROOT), caller(1))));
    var others = id("pck-crl-platform");
    assertEquals(
        "collateral is missing (%s, %s): nobody has `%1$s`".formatted(ROOT, others),
        reason(keeper.obtain(Set.of(TCB, ROOT, others), caller(1))));
  }

  @Test
  void metricsSayWhatEndsWhen() throws Exception {
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    var keeper = keeper();
    reason(keeper.obtain(Set.of(ROOT), caller(1)));
    now = START.plusSeconds(100);
    var lines = keeper.metrics().lines().toList();
    var prefix = "testudo_cas_collateral_";
    for (var line :
        List.of(
            "documents 1",
            "fetch_failures_total 1",
            "expiry_seconds{document=\"%s\"} 2591900".formatted(TCB),
            "age_seconds{document=\"%s\"} 100".formatted(TCB))) {
      assertTrue(lines.contains(prefix + line), () -> String.join("\n", lines));
    }
  }

  @Test
  void whatIsImportedCountsForTheNextRequestWithoutWaitingForTheNextLook() throws Exception {
    var keeper = keeper();
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    now = START.plusSeconds(1);
    assertInstanceOf(Obtaining.Obtained.class, keeper.obtain(Set.of(TCB), caller(1)));
    assertEquals(List.of(), source.asked);
  }

  @Test
  void everyMetricIsInTheOperatorsPage() throws Exception {
    store(genuine(TCB, START, Duration.ofDays(30)), START);
    var written = names("(?m)^# TYPE (testudo_cas_collateral_\\w+)", keeper().metrics());
    // Only a CAS that has certificates of chips tells when the first of them ends.
    written.add("testudo_cas_collateral_chip_certificates_expiry_seconds");
    var page = Files.readString(Path.of("../docs/cas.md"));
    assertEquals(written, names("(?m)^\\| `(testudo_cas_collateral_\\w+)", page));
  }

  private static Set<String> names(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
