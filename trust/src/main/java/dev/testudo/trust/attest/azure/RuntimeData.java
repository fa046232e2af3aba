package dev.testudo.trust.attest.azure;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Optional;

/// What the paravisor says about the virtual machine: the JSON in its report. It can be believed
/// only after the report data of the hardware was found to be its hash.
///
/// @param attestationKey the key with which the TPM signs quotes (HCLAkPub)
/// @param secureBoot whether the guest was started with Secure Boot
/// @param vmId Azure's id of the virtual machine
record RuntimeData(PublicKey attestationKey, boolean secureBoot, String vmId) {
  private static final String ATTESTATION_KEY = "HCLAkPub";
  private static final int LEAST_BITS = 2048;
  private static final int MOST_BITS = 4096;
  private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);
  private static final int MOST_ID = 64;

  /// Parses the JSON. Members that are not needed are ignored.
  ///
  /// @throws EvidenceException if a member is absent or malformed
  static RuntimeData parse(Octets json) throws EvidenceException {
    try {
      var members = JsonMembers.read(json.toBytes(), Evidence.MOST_BYTES, "runtime data");
      var machine = members.object("vm-configuration");
      var id = machine.text("vmUniqueId");
      if (id.length() > MOST_ID || !id.chars().allMatch(RuntimeData::mayBeInId)) {
        throw machine.wrong("vmUniqueId", "a UUID");
      }
      return new RuntimeData(key(members), machine.bool("secure-boot"), id);
    } catch (MessageException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static boolean mayBeInId(int c) {
    return c == '-' || (c < 0x80 && Character.digit(c, 16) >= 0);
  }

  private static PublicKey key(JsonMembers members) throws MessageException, EvidenceException {
    var found = Optional.<JsonMembers>empty();
    for (var element : members.array("keys")) {
      var key = JsonMembers.of(element, "key");
      if (key.text("kid").equals(ATTESTATION_KEY)) {
        if (found.isPresent()) {
          throw malformed("it has two keys %s".formatted(ATTESTATION_KEY));
        }
        found = Optional.of(key);
      }
    }
    if (found.isEmpty()) {
      throw malformed("it has no key %s".formatted(ATTESTATION_KEY));
    }
    return rsa(found.get());
  }

  private static PublicKey rsa(JsonMembers key) throws MessageException, EvidenceException {
    var modulus = number(key, "n");
    var exponent = number(key, "e");
    if (!key.text("kty").equals("RSA")
        || modulus.bitLength() < LEAST_BITS
        || modulus.bitLength() > MOST_BITS
        || !exponent.equals(EXPONENT)) {
      throw malformed(
          "%s is no RSA key of %d to %d bits with the exponent 65537"
              .formatted(ATTESTATION_KEY, LEAST_BITS, MOST_BITS));
    }
    try {
      return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    } catch (GeneralSecurityException e) {
      throw malformed("%s is no RSA key".formatted(ATTESTATION_KEY));
    }
  }

  private static BigInteger number(JsonMembers key, String name) throws MessageException {
    try {
      return new BigInteger(1, Base64.getUrlDecoder().decode(key.text(name)));
    } catch (IllegalArgumentException e) {
      throw key.wrong(name, "base64url");
    }
  }

  private static EvidenceException malformed(String reason) {
    return new EvidenceException(
        RejectionId.MALFORMED_EVIDENCE, "the paravisor's runtime data is malformed: " + reason);
  }
}
