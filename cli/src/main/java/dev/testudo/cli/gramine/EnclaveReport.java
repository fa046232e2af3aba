package dev.testudo.cli.gramine;

import dev.testudo.gramine.sigstruct.EnclaveIdentity;
import dev.testudo.gramine.sigstruct.EnclaveKey;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What people and scripts learn of an enclave: what SGX will say of it, and the lines of a session
/// that accept it. Nothing of it is confirmed.
///
/// @param mrsigner who signs; empty if it is not signed here
public record EnclaveReport(EnclaveIdentity identity, Optional<Octets> mrsigner) {
  /// How sure the numbers are.
  public static final String CONFIDENCE = "computed, not confirmed";

  /// Reports on an enclave that `key` signs.
  public static EnclaveReport of(EnclaveIdentity identity, Optional<EnclaveKey> key) {
    return new EnclaveReport(identity, key.map(EnclaveKey::mrsigner));
  }

  /// Returns lines for people.
  public List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(line("mrenclave", identity.mrenclave().hex() + " (" + CONFIDENCE + ")"));
    mrsigner.ifPresent(
        signer -> lines.add(line("mrsigner", signer.hex() + " (" + CONFIDENCE + ")")));
    lines.add(line("isvprodid", Integer.toString(identity.product())));
    lines.add(line("isvsvn", Integer.toString(identity.version())));
    lines.add(
        line(
            "attributes",
            "%#x, without debugger; XFRM %#x, compared with the mask %#x; MISCSELECT %#x"
                .formatted(
                    EnclaveIdentity.ATTRIBUTES,
                    EnclaveIdentity.XFRM,
                    EnclaveIdentity.XFRM_MASK,
                    identity.miscselect())));
    lines.add("");
    lines.add("For the service in its session (" + CONFIDENCE + "):");
    lines.add("");
    lines.addAll(policy());
    return lines;
  }

  /// Returns the lines of a session that accept this enclave only.
  public List<String> policy() {
    var lines = new ArrayList<String>();
    lines.add("attestation:");
    lines.add("  - mrenclave: " + identity.mrenclave().hex());
    mrsigner.ifPresent(
        signer ->
            lines.addAll(
                List.of(
                    "    signer:",
                    "      mrsigner: " + signer.hex(),
                    "      isvprodid: " + identity.product(),
                    "      isvsvn_min: " + identity.version())));
    return lines;
  }

  /// Returns the same for scripts.
  public JsonBuilder json() {
    var object =
        new JsonBuilder()
            .put("mrenclave", identity.mrenclave().hex())
            .put("confidence", CONFIDENCE);
    mrsigner.ifPresent(signer -> object.put("mrsigner", signer.hex()));
    return object
        .put("isvprodid", identity.product())
        .put("isvsvn", identity.version())
        .put("attributes", "%016x".formatted(EnclaveIdentity.ATTRIBUTES))
        .put("xfrm", "%016x".formatted(EnclaveIdentity.XFRM))
        .put("xfrm_mask", "%016x".formatted(EnclaveIdentity.XFRM_MASK))
        .put("miscselect", "%08x".formatted(identity.miscselect()))
        .put("policy", String.join("\n", policy()) + "\n");
  }

  private static String line(String what, String value) {
    return "%-12s %s".formatted(what, value);
  }
}
