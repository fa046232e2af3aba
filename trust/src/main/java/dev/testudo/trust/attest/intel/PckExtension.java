package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The extension of Intel's PCK certificates, 1.2.840.113741.1.13.1 ("Intel SGX PCK Certificate and
/// Certificate Revocation List Profile Specification", section 1.3.5).
///
/// @param ppid the id of the processor package, 16 bytes
/// @param tcb the versions of the platform's components
/// @param pceId the id of the provisioning certification enclave, 2 bytes
/// @param fmspc the family of platforms with the same TCB levels, 6 bytes
/// @param sgxType 0 standard, 1 scalable, 2 scalable with integrity
/// @param instance what only the platform CA certifies
record PckExtension(
    Octets ppid, Tcb tcb, Octets pceId, Octets fmspc, int sgxType, Instance instance) {
  static final String OID = "1.2.840.113741.1.13.1";

  /// How OIDs below the extension's begin.
  private static final String PREFIX = "2a864886f84d010d01";

  private static final int COMPONENTS = 16;

  /// The versions of a platform's components.
  ///
  /// @param components 16 numbers, 0 to 255
  /// @param cpuSvn 16 bytes
  record Tcb(List<Integer> components, int pceSvn, Octets cpuSvn) {
    /// Copies the list.
    Tcb {
      components = List.copyOf(components);
    }
  }

  /// The instance of a platform with several packages.
  ///
  /// @param dynamicPlatform whether packages can be added
  /// @param cachedKeys whether Intel caches the platform's keys
  /// @param smt whether several threads share a core
  record Instance(
      Optional<Octets> id,
      Optional<Boolean> dynamicPlatform,
      Optional<Boolean> cachedKeys,
      Optional<Boolean> smt) {}

  /// Parses the value of the extension.
  static PckExtension parse(Octets value) throws EvidenceException {
    try {
      var in = new DerReader(value);
      var parsed = parse(members(in.enter(DerReader.SEQUENCE), PREFIX, 7));
      in.done();
      return parsed;
    } catch (IOException e) {
      throw new EvidenceException(
          RejectionId.MALFORMED_EVIDENCE,
          "the extension of the PCK certificate is malformed: %s".formatted(e.getMessage()));
    }
  }

  private static PckExtension parse(Map<Integer, DerReader> members) throws IOException {
    var id = members.containsKey(6) ? Optional.of(member(members, 6).octets(16)) : none();
    Map<Integer, DerReader> flags =
        members.containsKey(7)
            ? members(member(members, 7).enter(DerReader.SEQUENCE), PREFIX + "07", 3)
            : Map.of();
    var parsed =
        new PckExtension(
            member(members, 1).octets(16),
            tcb(members(member(members, 2).enter(DerReader.SEQUENCE), PREFIX + "02", 18)),
            member(members, 3).octets(2),
            member(members, 4).octets(6),
            member(members, 5).integer(DerReader.ENUMERATED, 255),
            new Instance(id, flag(flags, 1), flag(flags, 2), flag(flags, 3)));
    for (var member : members.values()) {
      member.done();
    }
    return parsed;
  }

  private static Optional<Octets> none() {
    return Optional.empty();
  }

  private static Tcb tcb(Map<Integer, DerReader> members) throws IOException {
    var components = new ArrayList<Integer>();
    for (var i = 1; i <= COMPONENTS; i++) {
      components.add(member(members, i).integer(DerReader.INTEGER, 255));
    }
    var tcb =
        new Tcb(
            components,
            member(members, 17).integer(DerReader.INTEGER, 65_535),
            member(members, 18).octets(16));
    for (var member : members.values()) {
      member.done();
    }
    return tcb;
  }

  private static Optional<Boolean> flag(Map<Integer, DerReader> members, int number)
      throws IOException {
    if (!members.containsKey(number)) {
      return Optional.empty();
    }
    var in = member(members, number);
    var value = in.bool();
    in.done();
    return Optional.of(value);
  }

  private static DerReader member(Map<Integer, DerReader> members, int number) throws IOException {
    var member = members.get(number);
    if (member == null) {
      throw new IOException("member %d is absent".formatted(number));
    }
    return member;
  }

  /// Reads pairs of an OID and a value. The OIDs are `prefix` and a number from 1 to `most`.
  private static Map<Integer, DerReader> members(DerReader in, String prefix, int most)
      throws IOException {
    var members = new HashMap<Integer, DerReader>();
    while (in.hasNext()) {
      var pair = in.enter(DerReader.SEQUENCE);
      var oid = pair.take(DerReader.OBJECT_IDENTIFIER);
      var number = oid.length() == prefix.length() / 2 + 1 ? oid.u8(oid.length() - 1) : 0;
      if (!oid.hex().startsWith(prefix) || number < 1 || number > most) {
        throw new IOException("a member has an unknown OID");
      }
      if (members.put(number, pair) != null) {
        throw new IOException("member %d is given twice".formatted(number));
      }
    }
    return Collections.unmodifiableMap(members);
  }
}
