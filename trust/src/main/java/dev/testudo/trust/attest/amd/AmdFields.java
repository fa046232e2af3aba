package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Describes attestation reports and certificate tables for people. Nothing is verified, and what
/// the format forbids is shown as well as it can be.
public final class AmdFields {
  private AmdFields() {}

  /// Returns the fields of a report in the order of the format.
  ///
  /// @throws EvidenceException if it does not have the length of a report
  public static List<Field> describe(Octets report) throws EvidenceException {
    if (report.length() != AttestationReport.BYTES) {
      throw new EvidenceException(
          RejectionId.MALFORMED_EVIDENCE,
          "an attestation report has %d bytes, not %d"
              .formatted(AttestationReport.BYTES, report.length()));
    }
    var fields = new ArrayList<Field>();
    fields.addAll(guest(report));
    fields.addAll(owner(report));
    fields.addAll(platform(report));
    fields.add(bytes(report, "SIGNATURE.R", 0x2a0, 72, "r of ECDSA P-384, little endian"));
    fields.add(bytes(report, "SIGNATURE.S", 0x2e8, 72, "s of ECDSA P-384, little endian"));
    return fields;
  }

  private static List<Field> guest(Octets report) {
    return List.of(
        Field.of("VERSION", Long.toString(report.u32(0)), "version of this format"),
        new Field(
            "POLICY",
            "%016x".formatted(report.u64(0x08)),
            "what the owner allows the host",
            AmdBits.policy(report.u64(0x08))),
        Field.of(
            "VMPL",
            Long.toString(report.u32(0x30)),
            "privilege level of who asked for the report; 0 is the highest"),
        bytes(report, "REPORT_DATA", 0x50, 64, "what the guest gave"),
        bytes(report, "MEASUREMENT", 0x90, 48, "what the guest was launched with"),
        bytes(report, "HOST_DATA", 0xc0, 32, "what the host gave at launch"),
        bytes(report, "REPORT_ID", 0x140, 32, "this instance of the guest"),
        bytes(report, "REPORT_ID_MA", 0x160, 32, "the guest's migration agent; ff if none"));
  }

  private static List<Field> owner(Octets report) {
    return List.of(
        Field.of("GUEST_SVN", Long.toString(report.u32(0x04)), "the owner's version of the guest"),
        bytes(report, "FAMILY_ID", 0x10, 16, "the owner's name of the family of guests"),
        bytes(report, "IMAGE_ID", 0x20, 16, "the owner's name of the guest"),
        bytes(report, "ID_KEY_DIGEST", 0xe0, 48, "SHA-384 of the key that signed the ID block"),
        bytes(report, "AUTHOR_KEY_DIGEST", 0x110, 48, "SHA-384 of the key that signed the ID key"));
  }

  private static List<Field> platform(Octets report) {
    var generation = generation(report);
    var fields = new ArrayList<Field>();
    fields.add(
        Field.of(
            "SIGNATURE_ALGO",
            Long.toString(report.u32(0x34)),
            report.u32(0x34) == 1 ? "ECDSA P-384 with SHA-384" : "not known"));
    fields.add(
        new Field(
            "PLATFORM_INFO",
            "%016x".formatted(report.u64(0x40)),
            "how the platform is configured",
            AmdBits.platform(report.u64(0x40))));
    fields.add(
        new Field(
            "KEY_INFO",
            "%08x".formatted(report.u32(0x48)),
            "the signing key",
            AmdBits.key(report.u32(0x48))));
    fields.add(tcb(report, "CURRENT_TCB", 0x38, "what runs now", generation));
    fields.add(
        tcb(report, "REPORTED_TCB", 0x180, "what the signing key is derived from", generation));
    if (report.u32(0) >= AttestationReport.FIRST_VERSION_WITH_CPUID) {
      fields.add(cpuid(report, generation));
    }
    fields.add(bytes(report, "CHIP_ID", 0x1a0, 64, "the processor; zeros if the host hides it"));
    fields.add(tcb(report, "COMMITTED_TCB", 0x1e0, "below which the host cannot go", generation));
    fields.add(version(report, "CURRENT_VERSION", 0x1e8));
    fields.add(version(report, "COMMITTED_VERSION", 0x1ec));
    fields.add(tcb(report, "LAUNCH_TCB", 0x1f0, "current when the guest started", generation));
    if (report.u32(0) >= AttestationReport.FIRST_VERSION_WITH_MITIGATIONS) {
      fields.add(bytes(report, "LAUNCH_MIT_VECTOR", 0x1f8, 8, "mitigations at launch"));
      fields.add(bytes(report, "CURRENT_MIT_VECTOR", 0x200, 8, "mitigations now"));
    }
    return fields;
  }

  private static Optional<SnpGeneration> generation(Octets report) {
    return report.u32(0) >= AttestationReport.FIRST_VERSION_WITH_CPUID
        ? SnpGeneration.ofCpuid(report.u8(0x188), report.u8(0x189))
        : Optional.of(SnpGeneration.MILAN); // or Genoa, with the same layout
  }

  private static Field cpuid(Octets report, Optional<SnpGeneration> generation) {
    return Field.of(
        "CPUID",
        "family 0x%02x, model 0x%02x, stepping %d"
            .formatted(report.u8(0x188), report.u8(0x189), report.u8(0x18a)),
        generation.map(SnpGeneration::product).orElse("a generation that is not known here"));
  }

  private static Field tcb(
      Octets report, String name, int at, String meaning, Optional<SnpGeneration> generation) {
    var version = report.slice(at, 8);
    var parts = new ArrayList<Field>();
    for (var component : TcbComponent.values()) {
      var position = generation.map(component::position).orElse(-1);
      if (position >= 0) {
        parts.add(Field.of(component.toString(), Integer.toString(version.u8(position)), ""));
      }
    }
    return new Field(name, version.hex(), meaning, parts);
  }

  private static Field version(Octets report, String name, int at) {
    return Field.of(
        name,
        "%d.%d build %d".formatted(report.u8(at + 2), report.u8(at + 1), report.u8(at)),
        "the firmware's version");
  }

  private static Field bytes(Octets report, String name, int at, int count, String meaning) {
    return Field.of(name, report.slice(at, count).hex(), meaning);
  }

  /// Returns the entries of a host's certificate table, with what the certificates say.
  ///
  /// @throws EvidenceException if the table is malformed; a certificate that is malformed is shown
  ///     as such
  public static List<Field> describeCertificates(Octets table) throws EvidenceException {
    var fields = new ArrayList<Field>();
    for (var entry : CertificateTable.parse(table).entries()) {
      fields.add(
          new Field(
              entry.kind().map(Enum::name).orElse("GUID " + entry.guid().hex()),
              "%d bytes at offset %d".formatted(entry.content().length(), entry.offset()),
              entry.kind().isPresent() ? "" : "not known here, ignored",
              entry.kind().isPresent()
                  ? AmdCertificateFields.describe(entry.content())
                  : List.of()));
    }
    return fields;
  }

  /// Returns what certificates in PEM say.
  ///
  /// @throws EvidenceException if the text is no PEM
  public static List<Field> describePem(Octets pem) throws EvidenceException {
    return SentCertificates.read(pem, RejectionId.MALFORMED_EVIDENCE).stream()
        .map(der -> Field.group("certificate", AmdCertificateFields.describe(der)))
        .toList();
  }
}
