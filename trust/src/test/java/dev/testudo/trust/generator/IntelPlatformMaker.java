package dev.testudo.trust.generator;

import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.HardwareRoots.IntelRoot;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An Intel-like manufacturer, one of its platforms, a quote of that platform and all documents.
/// Everything is good until a part is changed. Not thread-safe.
public final class IntelPlatformMaker {
  /// The instant at which everything is valid.
  public static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");

  private final PckCa ca;
  private final CertificateMaker root;
  private final CertificateMaker pckCa;
  private final CertificateMaker pck;
  private final CertificateMaker tcbSigning;
  private final PckMaker platform = new PckMaker();
  private final QuoteMaker quote;
  private final TcbInfoMaker tcbInfo;
  private final QeIdentityMaker qeIdentity;
  private final CrlMaker pckCrl;
  private final CrlMaker rootCrl;
  private List<CertificateMaker> chain;

  private IntelPlatformMaker(Kind kind, PckCa ca) {
    this.ca = ca;
    root = new CertificateMaker("Intel SGX Root CA", Optional.empty(), 1, 1);
    pckCa =
        new CertificateMaker(
            ca == PckCa.PLATFORM ? "Intel SGX PCK Platform CA" : "Intel SGX PCK Processor CA",
            Optional.of(root),
            2,
            0);
    pck = new CertificateMaker("Intel SGX PCK Certificate", Optional.of(pckCa), 3, -1);
    tcbSigning = new CertificateMaker("Intel SGX TCB Signing", Optional.of(root), 4, -1);
    chain = List.of(pck, pckCa, root);
    quote = new QuoteMaker(kind);
    tcbInfo = new TcbInfoMaker(kind.isTdx(), platform.fmspc());
    qeIdentity = new QeIdentityMaker(kind.isTdx());
    pckCrl = new CrlMaker(pckCa);
    rootCrl = new CrlMaker(root);
  }

  /// Starts with a platform that the platform CA certified.
  public static IntelPlatformMaker of(Kind kind) {
    return new IntelPlatformMaker(kind, PckCa.PLATFORM);
  }

  /// Starts with a platform that an authority certified.
  public static IntelPlatformMaker of(Kind kind, PckCa ca) {
    return new IntelPlatformMaker(kind, ca);
  }

  public CertificateMaker root() {
    return root;
  }

  public CertificateMaker pckCa() {
    return pckCa;
  }

  public CertificateMaker pck() {
    return pck;
  }

  public CertificateMaker tcbSigning() {
    return tcbSigning;
  }

  public PckMaker platform() {
    return platform;
  }

  public QuoteMaker quote() {
    return quote;
  }

  public TcbInfoMaker tcbInfo() {
    return tcbInfo;
  }

  public QeIdentityMaker qeIdentity() {
    return qeIdentity;
  }

  public CrlMaker pckCrl() {
    return pckCrl;
  }

  public CrlMaker rootCrl() {
    return rootCrl;
  }

  /// Lets everything be valid for a day before and after an instant, for processes that go by the
  /// clock.
  public IntelPlatformMaker validAround(Instant instant) {
    var from = instant.minus(Duration.ofDays(1));
    var until = instant.plus(Duration.ofDays(1));
    List.of(root, pckCa, pck, tcbSigning).forEach(one -> one.from(from).until(until));
    List.of(pckCrl, rootCrl).forEach(one -> one.from(from).until(until));
    tcbInfo.from(from).until(until);
    qeIdentity.from(from).until(until);
    return this;
  }

  /// Changes which certificates the quote has, and their order.
  public IntelPlatformMaker chain(List<CertificateMaker> certificates) {
    chain = List.copyOf(certificates);
    return this;
  }

  /// Lets the quote have report data.
  public IntelPlatformMaker reportData(ReportData data) {
    quote.body(quote.kind().isTdx() ? 520 : 320, data.hex());
    return this;
  }

  /// Makes the evidence.
  public Evidence evidence() {
    return evidence(quoteBytes());
  }

  /// Returns evidence with other bytes.
  public Evidence evidence(Octets bytes) {
    return quote.kind().isTdx() ? new Evidence.TdxQuote(bytes) : new Evidence.SgxQuote(bytes);
  }

  /// Makes the bytes of the quote.
  public Octets quoteBytes() {
    pck.extension(platform.make());
    return quote.make(pck.key(), CertificateMaker.pem(chain));
  }

  /// Makes all documents.
  public Map<DocumentId, Document> documents() {
    var tee = quote.kind().isTdx() ? Tee.TDX : Tee.SGX;
    var issuers = Octets.of(CertificateMaker.pem(List.of(tcbSigning, root)));
    var key = tcbSigning.key();
    var made = new HashMap<DocumentId, Document>();
    put(made, new DocumentId.TcbInfo(tee, platform.fmspc()), tcbInfo.make(key), issuers);
    put(made, new DocumentId.QeIdentity(tee), qeIdentity.make(key), issuers);
    var crlIssuers = Octets.of(CertificateMaker.pem(List.of(pckCa, root)));
    put(made, new DocumentId.PckCrl(ca), pckCrl.make(), crlIssuers);
    put(made, new DocumentId.IntelRootCrl(), rootCrl.make(), Octets.of(new byte[0]));
    return made;
  }

  private static void put(
      Map<DocumentId, Document> made, DocumentId id, Octets body, Octets issuers) {
    made.put(id, new Document(id, body, issuers));
  }

  /// Makes all documents, found by their ids.
  public Collateral collateral() {
    var made = documents();
    return id -> Optional.ofNullable(made.get(id));
  }

  /// Returns the root, pinned as one for tests.
  public HardwareRoots roots() {
    return new HardwareRoots(List.of(new IntelRoot(root.key().point(), Root.TEST)), List.of());
  }

  /// Returns the certificate of the root in PEM.
  public byte[] rootPem() {
    return CertificateMaker.pem(List.of(root));
  }

  /// Returns what everything is verified with, at an instant.
  public VerificationContext context(Instant at, Duration grace) {
    return new VerificationContext(collateral(), roots(), at, grace, VerificationMemory.none());
  }

  /// Makes and verifies everything.
  public Verification verify() {
    return verify(AT, Duration.ZERO);
  }

  /// Makes and verifies everything at an instant.
  public Verification verify(Instant at, Duration grace) {
    return Verifier.verify(evidence(), Optional.empty(), context(at, grace));
  }
}
