package dev.testudo.trust.attest.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.ImageSection;
import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.TpmCredentials;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.ClaimsJson;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.TpmAuthority;
import dev.testudo.trust.generator.TpmMachine;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.PkiException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TpmVerifierTest {
  private static final ReportData MINE = new ReportData("c3".repeat(64));
  private static final ReportData OTHER = new ReportData("3c".repeat(64));
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Octets OPENED = Octets.ofHex("0a".repeat(32));
  private static final TpmAuthority MAKER = TpmAuthority.named("Maker of TPMs");

  private static Verification verify(Evidence evidence, HardwareRoots roots, TpmCredentials asked) {
    var context =
        new VerificationContext(
            Collateral.NONE, roots, NOW, Duration.ZERO, VerificationMemory.none(), asked);
    return Verifier.verify(evidence, Optional.of(MINE), context);
  }

  private static EvidenceClaims.Tpm claims(Verification verification) {
    var verified = assertInstanceOf(Verified.class, verification, verification::toString);
    return assertInstanceOf(EvidenceClaims.Tpm.class, verified.claims());
  }

  private static EvidenceClaims.Tpm claims(Evidence evidence) {
    return claims(verify(evidence, HardwareRoots.NONE, TpmCredentials.NONE));
  }

  private static RejectionId rejected(Evidence evidence) {
    return rejected(verify(evidence, HardwareRoots.NONE, TpmCredentials.NONE));
  }

  private static RejectionId rejected(Verification verification) {
    return assertInstanceOf(Rejected.class, verification, verification::toString).id();
  }

  private static HardwareRoots pinned(TpmAuthority authority) throws PkiException {
    return TpmRoots.read(authority.pem());
  }

  /// The one who challenges, if both keys are those of `machine`.
  private static TpmCredentials challenged(TpmMachine machine) {
    var ek = new TpmPublic(machine.endorsementArea()).name();
    var ak = new TpmPublic(machine.attestationArea()).name();
    return (endorsement, attestation) ->
        Optional.of(
            endorsement.equals(ek) && attestation.equals(ak)
                ? OPENED
                : Octets.of(new byte[OPENED.length()]));
  }

  @Test
  void theClaimsNameWhatWasStartedAndTheSectionsOfTheImage() {
    var claims = claims(new TpmMachine().boots("uki").evidence(MINE));
    assertEquals(
        List.of(TpmMachine.hashOf("uki"), TpmMachine.hashOf("uki kernel")),
        claims.machine().started());
    assertEquals(
        Map.of(
            ImageSection.LINUX,
            TpmMachine.hashOf("uki.linux"),
            ImageSection.OSREL,
            TpmMachine.hashOf("uki.osrel"),
            ImageSection.CMDLINE,
            TpmMachine.hashOf("uki.cmdline"),
            ImageSection.INITRD,
            TpmMachine.hashOf("uki.initrd")),
        claims.machine().sections());
    assertEquals(24, claims.machine().pcrs().size());
  }

  @Test
  void nobodyVouchesForATpmThatWasNotChallenged() {
    var claims = claims(new TpmMachine().boots("uki").evidence(MINE));
    assertEquals(Root.NONE, claims.root());
    assertFalse(claims.isHardwareAttested());
    assertEquals(Optional.empty(), claims.machine().tpm().key());
  }

  @Test
  void theMeasurementIsOfTheImageAndNotOfTheFirmware() {
    var first = claims(new TpmMachine().boots("uki").evidence(MINE));
    var firmware = new TpmMachine().event(0, 8, new byte[] {1}).started("setup");
    assertEquals(first.measurement(), claims(firmware.boots("uki").evidence(MINE)).measurement());
    for (var given : List.of(9, 11, 12, 13, 14)) {
      var changed = new TpmMachine().boots("uki").event(given, 6, new byte[] {1});
      assertNotEquals(first.measurement(), claims(changed.evidence(MINE)).measurement());
    }
  }

  @Test
  void anotherNonceOrAnOlderQuoteIsNotBound() {
    assertEquals(RejectionId.NOT_BOUND, rejected(new TpmMachine().boots("uki").evidence(OTHER)));
  }

  @Test
  void theLogMustGiveTheRegistersThatNameTheImage() {
    for (var register : List.of(4, 9, 11)) {
      var machine = new TpmMachine().boots("uki").extend(register, new byte[] {7});
      assertEquals(RejectionId.EVENT_LOG_MISMATCH, rejected(machine.evidence(MINE)));
    }
    var empty = new TpmMachine().boots("uki").evidence(MINE);
    var other = new TpmMachine().boots("other").evidence(MINE);
    assertEquals(
        RejectionId.EVENT_LOG_MISMATCH,
        rejected(
            new Evidence.Tpm(
                empty.quote(), empty.attestationKey(), empty.endorsement(), other.eventLog())));
  }

  /// Types are not covered by any digest, and data need not be what was hashed.
  @Test
  void whatALogSaysBesidesItsDigestsIsNotBelieved() {
    var machine =
        new TpmMachine().event(4, 0xd, "evil".getBytes(StandardCharsets.US_ASCII)).boots("uki");
    assertEquals(
        TpmMachine.hashOf("evil"), claims(machine.evidence(MINE)).machine().started().getFirst());
  }

  @Test
  void aSectionThatIsMeasuredTwiceHasNoDigest() {
    var claims = claims(new TpmMachine().boots("uki").boots("more").evidence(MINE));
    assertEquals(Map.of(), claims.machine().sections());
  }

  @Test
  void anAttestationKeyThatMaySignOtherThingsOrLeaveItsTpmIsRefused() {
    var bits = List.of(1 << 1, 1 << 4, 1 << 5, 1 << 16, 1 << 18);
    for (var bit : bits) {
      var machine = new TpmMachine().attributes(TpmMachine.ATTESTS & ~bit).boots("uki");
      assertEquals(RejectionId.WRONG_TPM_KEY, rejected(machine.evidence(MINE)));
    }
    var decrypts = new TpmMachine().attributes(TpmMachine.ATTESTS | 1 << 17).boots("uki");
    assertEquals(RejectionId.WRONG_TPM_KEY, rejected(decrypts.evidence(MINE)));
  }

  @Test
  void aQuoteOfTheKeyOfAnotherMachineIsRefused() {
    var mine = new TpmMachine().boots("uki").evidence(MINE);
    var other = new TpmMachine().boots("uki").evidence(MINE);
    assertEquals(
        RejectionId.WRONG_SIGNATURE,
        rejected(
            new Evidence.Tpm(
                other.quote(), mine.attestationKey(), mine.endorsement(), mine.eventLog())));
  }

  @Test
  void everyChangedByteOfTheQuoteIsRefused() {
    var good = new TpmMachine().boots("uki").evidence(MINE);
    var quote = good.quote();
    for (var part = 0; part < 3; part++) {
      var parts = List.of(quote.attest(), quote.signature(), quote.pcrs());
      for (var i = 0; i < parts.get(part).length(); i += part == 2 ? 32 : 1) {
        var bytes = parts.get(part).toBytes();
        bytes[i] ^= 1;
        var changed = Octets.of(bytes);
        var other =
            new Evidence.TpmQuote(
                part == 0 ? changed : quote.attest(),
                part == 1 ? changed : quote.signature(),
                part == 2 ? changed : quote.pcrs());
        rejected(
            new Evidence.Tpm(other, good.attestationKey(), good.endorsement(), good.eventLog()));
      }
    }
  }

  @Test
  void aTpmThatOpenedTheCredentialIsNamed() {
    var machine = new TpmMachine().boots("uki").credential(OPENED);
    var claims = claims(verify(machine.evidence(MINE), HardwareRoots.NONE, challenged(machine)));
    assertTrue(claims.machine().tpm().key().isPresent());
    assertEquals(Root.NONE, claims.root());
  }

  @Test
  void aCredentialForOtherKeysIsRefused() {
    var machine = new TpmMachine().boots("uki").credential(OPENED);
    assertEquals(
        RejectionId.WRONG_TPM_KEY,
        rejected(verify(machine.evidence(MINE), HardwareRoots.NONE, challenged(new TpmMachine()))));
  }

  @Test
  void onlyATpmWithACertificateOfAPinnedMakerIsHardwareAttested() throws Exception {
    var machine = new TpmMachine().boots("uki").credential(OPENED);
    machine.certificate(MAKER.endorse(machine.endorsementKey()));
    var evidence = machine.evidence(MINE);
    var claims = claims(verify(evidence, pinned(MAKER), challenged(machine)));
    assertEquals(Root.VENDOR, claims.root());
    assertTrue(claims.isHardwareAttested());
    assertEquals("id:54455354", claims.machine().tpm().maker().orElseThrow().manufacturer());
    var impostor = pinned(TpmAuthority.named("Maker of TPMs"));
    for (var roots : List.of(HardwareRoots.vendor(), impostor)) {
      assertFalse(claims(verify(evidence, roots, challenged(machine))).isHardwareAttested());
    }
    assertFalse(claims(verify(evidence, pinned(MAKER), TpmCredentials.NONE)).isHardwareAttested());
  }

  @Test
  void aCertificateOfAnotherTpmOrOutsideItsValidityIsRefused() throws Exception {
    var machine = new TpmMachine().boots("uki").credential(OPENED);
    machine.certificate(MAKER.endorse(new TpmMachine().endorsementKey()));
    assertEquals(
        RejectionId.CERTIFICATE_MISMATCH,
        rejected(verify(machine.evidence(MINE), pinned(MAKER), challenged(machine))));
    machine.certificate(MAKER.endorseUntil(machine.endorsementKey(), NOW.minusSeconds(60)));
    assertEquals(
        RejectionId.OUTSIDE_VALIDITY,
        rejected(verify(machine.evidence(MINE), pinned(MAKER), challenged(machine))));
  }

  @Test
  void theAuthorityOfSwtpmIsNeverPinned() {
    var local = TpmAuthority.named("swtpm-localca");
    var refused = assertThrows(PkiException.class, () -> pinned(local));
    assertEquals(PkiException.Fault.UNSUPPORTED, refused.fault());
  }

  @Test
  void evidenceAndClaimsSurviveJson() throws Exception {
    var machine = new TpmMachine().boots("uki").credential(OPENED);
    machine.certificate(MAKER.endorse(machine.endorsementKey()));
    var evidence = machine.evidence(MINE);
    var encoded = JsonMembers.of(EvidenceJson.encode(evidence), "evidence");
    assertEquals(evidence, EvidenceJson.decode(encoded));
    var claims = claims(verify(evidence, pinned(MAKER), challenged(machine)));
    assertEquals(claims, ClaimsJson.decode(JsonMembers.of(ClaimsJson.encode(claims), "claims")));
  }
}
