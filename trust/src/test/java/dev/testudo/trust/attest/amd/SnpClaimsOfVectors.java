package dev.testudo.trust.attest.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.HexFormat;
import java.util.Optional;

/// Compares verified claims with those of `expected.json`.
public final class SnpClaimsOfVectors {
  private SnpClaimsOfVectors() {}

  /// Compares all members.
  public static void assertClaims(JsonMembers expected, EvidenceClaims.Snp seen)
      throws MessageException {
    assertGuest(expected.object("claims"), seen);
    var verdict = expected.object("verdict");
    var platform = seen.platform();
    assertEquals(verdict.text("product"), platform.product());
    assertEquals(verdict.text("signer"), platform.signer().toString());
    assertEquals(verdict.bool("debug"), seen.debug());
    assertEquals(verdict.bool("migrationAgent"), seen.guest().policy().migrationAgent());
    assertEquals(verdict.bool("smt"), seen.guest().policy().smtAllowed());
    assertEquals(verdict.number("vmpl", 0, 3), seen.guest().vmpl());
    assertEquals(tcb(verdict.object("reportedTcb")), platform.tcb().reported().toString());
    assertEquals(tcb(verdict.object("currentTcb")), platform.tcb().current().toString());
    assertEquals(tcb(verdict.object("committedTcb")), platform.tcb().committed().toString());
    assertEquals(tcb(verdict.object("launchTcb")), platform.tcb().launch().toString());
  }

  private static void assertGuest(JsonMembers claims, EvidenceClaims.Snp seen)
      throws MessageException {
    var guest = seen.guest();
    assertEquals(claims.text("measurement"), guest.measurement());
    assertEquals(claims.text("hostData"), guest.hostData());
    assertEquals(HexFormat.fromHexDigitsToLong(claims.text("policy")), guest.policy().value());
    assertEquals(claims.natural("guestSvn"), guest.owner().guestSvn());
    assertEquals(claims.text("familyId"), guest.owner().familyId());
    assertEquals(claims.text("imageId"), guest.owner().imageId());
    assertEquals(claims.text("idKeyDigest"), guest.owner().idKeyDigest());
    assertEquals(claims.text("authorKeyDigest"), guest.owner().authorKeyDigest());
    assertEquals(claims.text("reportId"), guest.reportId());
    assertEquals(claims.text("chipId"), seen.platform().chipId().orElse("00".repeat(64)));
    assertEquals(claims.natural("platformInfo"), seen.platform().info().value());
  }

  private static String tcb(JsonMembers tcb) throws MessageException {
    return new SnpTcb(
            Optional.empty(),
            (int) tcb.natural("bootLoader"),
            (int) tcb.natural("tee"),
            (int) tcb.natural("snp"),
            (int) tcb.natural("microcode"))
        .toString();
  }
}
