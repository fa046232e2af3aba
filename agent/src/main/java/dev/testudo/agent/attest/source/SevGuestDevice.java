package dev.testudo.agent.attest.source;

import dev.testudo.linux.sev.SevGuest;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalInt;

/// Reports of SEV-SNP through `/dev/sev-guest`, for kernels without `configfs-tsm`. No machine of
/// the project has the device.
///
/// @param level the VMPL for which the guest asks; 0 if absent
record SevGuestDevice(Path device, OptionalInt level) implements HardwareSource {
  @Override
  public SourceName name() {
    return SourceName.SEV_GUEST;
  }

  @Override
  public Isolation isolation() {
    return Isolation.SEV_SNP;
  }

  /// Returns 2 s, the interval that hosts of clouds permit.
  @Override
  public Duration pause() {
    return Duration.ofSeconds(2);
  }

  @Override
  public Evidence request(ReportData data) throws IOException {
    try (var guest = SevGuest.open(device)) {
      var made = guest.report(HexFormat.of().parseHex(data.hex()), level.orElse(0));
      return new Evidence.SnpReport(Octets.of(made.report()), made.certificates().map(Octets::of));
    } catch (SevGuest.BusyException e) {
      throw new BusySourceException(String.valueOf(e.getMessage()), e);
    }
  }
}
