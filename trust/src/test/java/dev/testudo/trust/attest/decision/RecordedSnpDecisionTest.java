package dev.testudo.trust.attest.decision;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import org.junit.jupiter.api.Test;

/// Policies decide on recorded reports of SEV-SNP. All of these hosts have hyperthreading on.
class RecordedSnpDecisionTest {
  private static final String OTHER = "ab".repeat(48);
  private static final String THREADS = "tolerate: [hyperthreading]";
  private static final String TOLERATED =
      "hyperthreading: on, as the platform info of the report says, tolerated (`hyperthreading` at s.yaml:4:28): a thread on the same core can observe the program\n";

  /// A guest on AWS: VLEK, a masked chip id, privilege level 1, and four different microcodes.
  private final Vector amazon = Vectors.one("snp/milan-vlek");

  private final Vector owned = Vectors.one("snp/milan-committed-below-current");
  private final Vector genoa = Vectors.one("snp/genoa-v5");

  private static String value(Vector vector, String name) {
    return RecordedClaims.value(vector, name);
  }

  private static String session(Vector vector, String more) {
    return RecordedClaims.session(
        THREADS, "sev_snp: {measurement: %s%s}".formatted(value(vector, "measurement"), more));
  }

  @Test
  void aGuestIsAcceptedByWhatItWasLaunchedWith() {
    var accepted =
        RecordedClaims.of(genoa)
            .assertAccepted(
                TOLERATED
                    + "amd-genoa-vcek-%s-0a001b1b ends at 2033-02-17T23:01:36Z"
                        .formatted(value(genoa, "chipId")),
                session(genoa, ", host_data: " + "00".repeat(32)));
    assertTrue(accepted.hardwareAttested());
  }

  @Test
  void eachFirmwareVersionIsComparedWithItsOwnMinimum() {
    var recorded = RecordedClaims.of(amazon);
    recorded.accept(
        session(
            amazon,
            ", vmpl: 1, min_tcb: {committed: {microcode: 219}, launch: {snp: 24, microcode: 219}, reported: {microcode: 217}}"));
    recorded.assertDenied(
        """
        nearest rule at s.yaml:9:7: 3 of 5 requirements are not met
        min_tcb committed: expected at least the minimum, seen microcode is 219, wanted 220 (s.yaml:9:147)
        min_tcb launch: expected at least the minimum, seen snp is 24, wanted 25; microcode is 219, wanted 220 (s.yaml:9:176)
        min_tcb reported: expected at least the minimum, seen microcode is 217, wanted 218 (s.yaml:9:211)""",
        session(
            amazon,
            ", vmpl: 1, min_tcb: {committed: {microcode: 220}, launch: {snp: 25, microcode: 220}, reported: {microcode: 218}}"));
  }

  /// What runs now does not count: the host can go back to what is committed.
  @Test
  void theCurrentFirmwareCountsForNoMinimum() {
    var more = ", min_tcb: {committed: {microcode: %d}}";
    var recorded = RecordedClaims.of(owned);
    recorded.accept(session(owned, more.formatted(115)));
    recorded.assertDenied(
        """
        nearest rule at s.yaml:9:7: 1 of 2 requirements is not met
        min_tcb committed: expected at least the minimum, seen microcode is 115, wanted 116 (s.yaml:9:138)""",
        session(owned, more.formatted(116)));
  }

  @Test
  void anotherPrivilegeLevelIsDeniedUnlessTheRuleNamesIt() {
    RecordedClaims.of(amazon)
        .assertDenied(
            """
            nearest rule at s.yaml:9:7: 1 of 2 requirements is not met
            vmpl: expected 0 (the rule has no `vmpl`), seen 1 (s.yaml:9:17)""",
            session(amazon, ""));
    RecordedClaims.of(amazon).accept(session(amazon, ", vmpl: [0, 1]"));
  }

  @Test
  void theOwnerOfAGuestNamesItWithAKeyAnImageAndVersions() {
    var rule = "sev_snp: {id_key: {digest: %s, image_id: %s, guest_svn_min: %d}}";
    var digest = value(owned, "idKeyDigest");
    var image = value(owned, "imageId");
    var recorded = RecordedClaims.of(owned);
    recorded.accept(RecordedClaims.session(THREADS, rule.formatted(digest, image, 4)));
    recorded.assertDenied(
        """
        nearest rule at s.yaml:10:9: 1 of 3 requirements is not met
        guest_svn: expected at least 5, seen 4 (s.yaml:10:178)
        id_key digest: expected %s, seen %s (s.yaml:9:36)
        guest_svn: expected at least 5, seen 4 (s.yaml:9:178)"""
            .formatted(OTHER, digest),
        RecordedClaims.session(
            THREADS,
            "- %s\n      - %s"
                .formatted(rule.formatted(OTHER, image, 5), rule.formatted(digest, image, 5))));
  }

  @Test
  void theChipMustBeListedAndAMaskedOneNeverIs() {
    var chip = value(genoa, "chipId");
    RecordedClaims.of(genoa).accept(session(genoa, ", chip_ids: " + chip));
    RecordedClaims.of(amazon)
        .assertDenied(
            """
            nearest rule at s.yaml:9:7: 1 of 3 requirements is not met
            chip_ids: expected %s, seen none: the host masks it (s.yaml:9:147)"""
                .formatted(chip),
            session(amazon, ", vmpl: 1, chip_ids: " + chip));
    RecordedClaims.of(owned)
        .assertDenied(
            """
            the rule at s.yaml:9:7 is met; the session requires more
            platform: expected AMD_CHIP_ID:%s, seen AMD_CHIP_ID:%s (s.yaml:4:56)"""
                .formatted(chip, value(owned, "chipId")),
            RecordedClaims.session(
                THREADS + ", platforms: 'AMD_CHIP_ID:%s'".formatted(chip),
                "sev_snp: {measurement: %s}".formatted(value(owned, "measurement"))));
  }

  @Test
  void aGuestInDebugModeIsToleratedAndNeverCalledAttested() {
    var debug = Vectors.one("snp/milan-debug");
    var rule = "sev_snp: {measurement: %s}".formatted(value(debug, "measurement"));
    RecordedClaims.of(debug)
        .assertDenied(
            """
            the rule at s.yaml:9:7 is met; the session requires more
            debug mode: expected off (`tolerate` does not list `debug-mode`), seen on (s.yaml:3:1)
            this platform is accepted with these additions to `attestation` in `security` (s.yaml:3:1); each gives something away:
              tolerate: [debug-mode]
                # `debug-mode`: the host can read and change the program""",
            RecordedClaims.session(THREADS, rule));
    var accepted =
        RecordedClaims.of(debug)
            .accept(RecordedClaims.session("tolerate: [hyperthreading, debug-mode]", rule));
    assertFalse(accepted.hardwareAttested());
  }
}
