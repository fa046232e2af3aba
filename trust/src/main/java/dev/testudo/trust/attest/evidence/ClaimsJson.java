package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;

/// Reads and writes verified claims as JSON. See `docs/formats/claims.md`.
public final class ClaimsJson {
  private ClaimsJson() {}

  /// Returns the JSON object of `claims`.
  public static JsonValue encode(EvidenceClaims claims) {
    var object =
        new JsonBuilder()
            .put("isolation", claims.isolation().toString())
            .put("measurement", claims.measurement());
    switch (claims) {
      case EvidenceClaims.Software _ -> {}
      case EvidenceClaims.Sgx sgx ->
          object
              .put("enclave", GuestJson.encode(sgx.enclave()))
              .put("platform", PlatformJson.encode(sgx.platform()));
      case EvidenceClaims.Tdx tdx -> {
        object
            .put("domain", GuestJson.encode(tdx.domain()))
            .put("platform", PlatformJson.encode(tdx.platform()));
        tdx.paravisor().ifPresent(p -> object.put("paravisor", GuestJson.encode(p)));
      }
      case EvidenceClaims.Snp snp -> {
        object
            .put("guest", GuestJson.encode(snp.guest()))
            .put("platform", PlatformJson.encode(snp.platform()));
        snp.paravisor().ifPresent(p -> object.put("paravisor", GuestJson.encode(p)));
      }
      case EvidenceClaims.Tpm tpm -> object.put("machine", BootJson.encode(tpm.machine()));
    }
    return object.build();
  }

  /// Decodes the result of [#encode].
  ///
  /// @throws MessageException if it is something else
  public static EvidenceClaims decode(JsonMembers fields) throws MessageException {
    var isolation = fields.text("isolation");
    var measurement = fields.text("measurement");
    EvidenceClaims claims;
    if (isolation.equals(Isolation.SOFTWARE.toString())) {
      claims = new EvidenceClaims.Software(measurement);
    } else if (isolation.equals(Isolation.SGX.toString())) {
      claims =
          new EvidenceClaims.Sgx(
              GuestJson.enclave(fields.object("enclave")),
              PlatformJson.intel(fields.object("platform")));
    } else if (isolation.equals(Isolation.TDX.toString())) {
      claims =
          new EvidenceClaims.Tdx(
              measurement,
              GuestJson.domain(fields.object("domain")),
              PlatformJson.intel(fields.object("platform")),
              GuestJson.paravisor(fields));
    } else if (isolation.equals(Isolation.SEV_SNP.toString())) {
      claims =
          new EvidenceClaims.Snp(
              measurement,
              GuestJson.snpGuest(fields.object("guest")),
              PlatformJson.amd(fields.object("platform")),
              GuestJson.paravisor(fields));
    } else if (isolation.equals(Isolation.TPM.toString())) {
      claims = new EvidenceClaims.Tpm(measurement, BootJson.decode(fields.object("machine")));
    } else {
      throw fields.wrong("isolation", "a kind of isolation");
    }
    fields.done();
    return claims;
  }
}
