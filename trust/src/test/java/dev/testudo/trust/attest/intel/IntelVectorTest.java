package dev.testudo.trust.attest.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelPlatform;
import dev.testudo.policy.evidence.IntelTcb.Part;
import dev.testudo.policy.evidence.IntelTcb.PartKind;
import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.json.MessageException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IntelVectorTest {
  static List<Vector> vectors() {
    return Stream.of("sgx", "tdx").flatMap(kind -> Vectors.all(kind).stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void eachVectorHasItsVerdictAndItsClaims(Vector vector) throws MessageException {
    var verdict = vector.expected().object("verdict");
    var verification = IntelVectors.verify(vector);
    if (verdict.text("outcome").equals("rejected")) {
      assertInstanceOf(Rejected.class, verification);
      return;
    }
    var claims = assertInstanceOf(Verified.class, verification, verification::toString).claims();
    assertEquals(verdict.bool("debug"), claims.debug());
    assertEquals(Root.VENDOR, claims.root());
    var expected = vector.expected().object("claims");
    switch (claims) {
      case EvidenceClaims.Sgx sgx -> {
        checkEnclave(expected, sgx);
        checkPlatform(verdict, expected, sgx.platform());
      }
      case EvidenceClaims.Tdx tdx -> {
        checkDomain(expected, tdx);
        checkPlatform(verdict, expected, tdx.platform());
      }
      case EvidenceClaims.Software _, EvidenceClaims.Snp _, EvidenceClaims.Tpm _ ->
          throw new AssertionError(claims);
    }
  }

  private static void checkEnclave(JsonMembers expected, EvidenceClaims.Sgx claims)
      throws MessageException {
    var enclave = claims.enclave();
    assertEquals(expected.text("mrEnclave"), enclave.mrenclave());
    assertEquals(expected.text("mrSigner"), enclave.signer().mrsigner());
    assertEquals(expected.natural("isvProdId"), enclave.signer().product());
    assertEquals(expected.natural("isvSvn"), enclave.signer().version());
    assertEquals(expected.text("attributes"), enclave.attributes());
  }

  private static void checkDomain(JsonMembers expected, EvidenceClaims.Tdx claims)
      throws MessageException {
    var domain = claims.domain();
    assertEquals(expected.text("mrTd"), domain.mrtd());
    for (var i = 0; i < 4; i++) {
      assertEquals(expected.text("rtmr" + i), domain.rtmr().get(i));
    }
    assertEquals(expected.text("mrConfigId"), domain.owner().mrconfigid());
    assertEquals(expected.text("mrOwner"), domain.owner().mrowner());
    assertEquals(expected.text("mrOwnerConfig"), domain.owner().mrownerconfig());
    assertEquals(expected.text("mrSeam"), domain.module().mrseam());
    assertEquals(expected.text("mrSignerSeam"), domain.module().mrsignerseam());
    assertEquals(expected.text("teeTcbSvn"), domain.module().teeTcbSvn());
    assertEquals(
        expected.optionalText("mrServiceTd").orElse("00".repeat(48)),
        domain.module().mrservicetd());
    assertEquals(expected.text("tdAttributes"), domain.attributes().hex());
    assertEquals(expected.text("xfam"), domain.xfam());
  }

  private static void checkPlatform(
      JsonMembers verdict, JsonMembers expected, IntelPlatform platform) throws MessageException {
    var tcb = platform.tcb();
    assertEquals(verdict.text("status"), tcb.status().toString());
    assertEquals(word(verdict, "platformStatus"), status(platform, PartKind.PLATFORM));
    assertEquals(word(verdict, "moduleStatus"), status(platform, PartKind.MODULE));
    assertEquals(word(verdict, "qeStatus"), status(platform, PartKind.QE));
    assertEquals(word(verdict, "currentStatus"), status(platform, PartKind.CURRENT_MODULE));
    assertEquals(new TreeSet<>(verdict.texts("advisories")), tcb.advisories());
    assertEquals(verdict.instant("tcbDate"), tcb.date());
    var pck = expected.object("pck");
    assertEquals(pck.text("fmspc"), platform.pck().fmspc());
    assertEquals(pck.text("ppid"), platform.pck().ppid());
    assertEquals(pck.text("platformInstanceId"), platform.pck().instanceId().orElse(""));
    var end = pck.instant("notAfter");
    assertEquals(
        Optional.of(end),
        platform.endorsement().expiries().stream()
            .filter(expiry -> expiry.document().equals("Intel SGX PCK Certificate"))
            .map(expiry -> expiry.at())
            .findFirst());
  }

  private static Optional<String> word(JsonMembers verdict, String name) {
    return verdict
        .optional(name)
        .flatMap(
            value -> value instanceof JsonString(var text) ? Optional.of(text) : Optional.empty());
  }

  private static Optional<String> status(IntelPlatform platform, PartKind kind) {
    return platform.tcb().parts().stream()
        .filter(part -> part.kind() == kind)
        .map(Part::status)
        .map(Object::toString)
        .findFirst();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void noVectorIsAcceptedAfterItsFirstDocumentHasEnded(Vector vector) {
    if (IntelVectors.verify(vector) instanceof Verified(var claims, _, _)) {
      var endorsement =
          switch (claims) {
            case EvidenceClaims.Sgx sgx -> sgx.platform().endorsement();
            case EvidenceClaims.Tdx tdx -> tdx.platform().endorsement();
            case EvidenceClaims.Software _, EvidenceClaims.Snp _, EvidenceClaims.Tpm _ ->
                throw new AssertionError();
          };
      var end = endorsement.expiries().getFirst().at();
      assertInstanceOf(Verified.class, IntelVectors.verify(vector, end));
      assertInstanceOf(
          Rejected.class, IntelVectors.verify(vector, end.plus(Duration.ofSeconds(1))));
    }
  }

  @Test
  void whatIsRememberedChangesNoVerdict() {
    var memory = new VerificationMemory(100);
    for (var round = 0; round < 2; round++) {
      for (var vector : vectors()) {
        for (var at : List.of(vector.at(), vector.at().plus(Duration.ofDays(400)))) {
          assertEquals(IntelVectors.verify(vector, at), IntelVectors.verify(vector, at, memory));
        }
      }
    }
  }

  @Test
  void aQeIdentityThatLacksAMemberIsRefusedByTheMembersName() {
    var where = "the reply.enclaveIdentity";
    var refusals =
        Map.ofEntries(
            lacks("attributes", where, "attributes"),
            lacks("attributesmask", where, "attributesMask"),
            lacks("id", where, "id"),
            lacks("issuedate", where, "issueDate"),
            lacks("isvprodid", where, "isvprodid"),
            lacks("miscselect", where, "miscselect"),
            lacks("miscselectmask", where, "miscselectMask"),
            lacks("mrsigner", where, "mrsigner"),
            lacks("nextupdate", where, "nextUpdate"),
            lacks("signature", "the reply", "signature"),
            lacks("tcb_date", "tcbLevels", "tcbDate"),
            lacks("tcb_eval_data_num", where, "tcbEvaluationDataNumber"),
            lacks("tcb_levels", where, "tcbLevels"),
            lacks("tcb_status", "tcbLevels", "tcbStatus"),
            lacks("version", where, "version"),
            // These two are no JSON either, because a comma was left.
            Map.entry("isvsvn", "not JSON, or beyond a limit, at character 518"),
            Map.entry("qeidentity", "not JSON, or beyond a limit, at character 4"));
    for (var refusal : refusals.entrySet()) {
      var file = "malformed-qe-identity/qe_identity_missing_%s.json".formatted(refusal.getKey());
      var body = Vectors.read(file);
      var thrown = assertThrows(MessageException.class, () -> read(body), file);
      assertEquals(refusal.getValue(), thrown.getMessage());
    }
  }

  private static Map.Entry<String, String> lacks(String file, String where, String name) {
    return Map.entry(file, "`%s` has no `%s`".formatted(where, name));
  }

  private static void read(Octets body) throws MessageException {
    var json = SignedJson.read(body, "enclaveIdentity", 1 << 20);
    IntelDocuments.readQeIdentity(json.members(), Tee.SGX);
  }
}
