package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.Enclave;
import dev.testudo.policy.evidence.Paravisor;
import dev.testudo.policy.evidence.SnpGuest;
import dev.testudo.policy.evidence.SnpPolicy;
import dev.testudo.policy.evidence.TdAttributes;
import dev.testudo.policy.evidence.TrustDomain;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.Optional;
import java.util.TreeMap;

/// The part of [ClaimsJson] about programs.
final class GuestJson {
  private static final int MOST_U16 = 0xffff;
  private static final long MOST_U32 = 0xffff_ffffL;
  private static final int REGISTERS = 4;
  private static final int MOST_PCR = 23;
  private static final int MOST_VMPL = 3;

  private GuestJson() {}

  static JsonValue encode(Enclave enclave) {
    return new JsonBuilder()
        .put("mrenclave", enclave.mrenclave())
        .put("mrsigner", enclave.signer().mrsigner())
        .put("isvprodid", enclave.signer().product())
        .put("isvsvn", enclave.signer().version())
        .put("attributes", enclave.attributes())
        .put("config_id", enclave.configId())
        .build();
  }

  static Enclave enclave(JsonMembers fields) throws MessageException {
    var enclave =
        new Enclave(
            fields.text("mrenclave"),
            new Enclave.Signer(
                fields.text("mrsigner"),
                (int) fields.number("isvprodid", 0, MOST_U16),
                (int) fields.number("isvsvn", 0, MOST_U16)),
            fields.text("attributes"),
            fields.text("config_id"));
    fields.done();
    return enclave;
  }

  static JsonValue encode(TrustDomain domain) {
    return new JsonBuilder()
        .put("mrtd", domain.mrtd())
        .put("rtmr", domain.rtmr())
        .put("mrconfigid", domain.owner().mrconfigid())
        .put("mrowner", domain.owner().mrowner())
        .put("mrownerconfig", domain.owner().mrownerconfig())
        .put("mrseam", domain.module().mrseam())
        .put("mrsignerseam", domain.module().mrsignerseam())
        .put("tee_tcb_svn", domain.module().teeTcbSvn())
        .put("mrservicetd", domain.module().mrservicetd())
        .put("attributes", domain.attributes().hex())
        .put("xfam", domain.xfam())
        .build();
  }

  static TrustDomain domain(JsonMembers fields) throws MessageException {
    var rtmr = fields.texts("rtmr");
    if (rtmr.size() != REGISTERS) {
      throw fields.wrong("rtmr", "a list of four registers");
    }
    var domain =
        new TrustDomain(
            fields.text("mrtd"),
            rtmr,
            new TrustDomain.Owner(
                fields.text("mrconfigid"), fields.text("mrowner"), fields.text("mrownerconfig")),
            new TrustDomain.Module(
                fields.text("mrseam"),
                fields.text("mrsignerseam"),
                fields.text("tee_tcb_svn"),
                fields.text("mrservicetd")),
            new TdAttributes(fields.text("attributes")),
            fields.text("xfam"));
    fields.done();
    return domain;
  }

  static JsonValue encode(SnpGuest guest) {
    return new JsonBuilder()
        .put("measurement", guest.measurement())
        .put("host_data", guest.hostData())
        .put("id_key_digest", guest.owner().idKeyDigest())
        .put("author_key_digest", guest.owner().authorKeyDigest())
        .put("family_id", guest.owner().familyId())
        .put("image_id", guest.owner().imageId())
        .put("guest_svn", guest.owner().guestSvn())
        .put("vmpl", guest.vmpl())
        .put("policy", guest.policy().value())
        .put("report_id", guest.reportId())
        .build();
  }

  static SnpGuest snpGuest(JsonMembers fields) throws MessageException {
    var guest =
        new SnpGuest(
            fields.text("measurement"),
            fields.text("host_data"),
            new SnpGuest.Owner(
                fields.text("id_key_digest"),
                fields.text("author_key_digest"),
                fields.text("family_id"),
                fields.text("image_id"),
                fields.number("guest_svn", 0, MOST_U32)),
            (int) fields.number("vmpl", 0, MOST_VMPL),
            new SnpPolicy(fields.number("policy", Long.MIN_VALUE, Long.MAX_VALUE)),
            fields.text("report_id"));
    fields.done();
    return guest;
  }

  static JsonValue encode(Paravisor paravisor) {
    var pcrs = new JsonBuilder();
    paravisor.pcrs().forEach((number, value) -> pcrs.put(Integer.toString(number), value));
    return new JsonBuilder()
        .put("provider", paravisor.provider())
        .put("pcrs", pcrs.build())
        .put("secure_boot", paravisor.secureBoot())
        .put("vm_id", paravisor.vmId())
        .build();
  }

  /// Reads the member `paravisor` of claims, which may be absent.
  static Optional<Paravisor> paravisor(JsonMembers claims) throws MessageException {
    if (!claims.has("paravisor")) {
      return Optional.empty();
    }
    var fields = claims.object("paravisor");
    var pcrs = new TreeMap<Integer, String>();
    for (var pcr : fields.textMap("pcrs").entrySet()) {
      pcrs.put(pcrNumber(pcr.getKey(), fields), pcr.getValue());
    }
    var paravisor =
        new Paravisor(
            fields.text("provider"), pcrs, fields.bool("secure_boot"), fields.text("vm_id"));
    fields.done();
    return Optional.of(paravisor);
  }

  static int pcrNumber(String text, JsonMembers fields) throws MessageException {
    try {
      var number = Integer.parseInt(text);
      if (number >= 0 && number <= MOST_PCR) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw fields.wrong("pcrs", "an object of numbered registers");
    }
    throw fields.wrong("pcrs", "an object of registers 0 to 23");
  }
}
