package dev.testudo.agent.attest.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Reports of TDX and SEV-SNP through configfs (`configfs-tsm`, Linux 6.7).
///
/// @param reports the directory in which reports are requested
/// @param level the VMPL for which SEV-SNP reports; if absent, the lowest that the kernel permits
record ConfigfsTsm(Path reports, OptionalInt level, Isolation isolation) implements HardwareSource {
  /// The providers that are supported.
  private static final Map<String, Isolation> PROVIDERS =
      Map.of("tdx_guest", Isolation.TDX, "sev_guest", Isolation.SEV_SNP);

  private static final int MOST_DISTURBANCES = 3;
  private static final int SNP_REPORT_SIZE = 1184;

  /// The major types of CBOR (RFC 8949) with which a document can begin: array, map, tag.
  private static final int CBOR_ARRAY = 4;

  private static final int CBOR_TAG = 6;

  /// Returns the source, or empty if the kernel has none: no directory, or no driver behind it.
  ///
  /// @throws IOException if the driver is not supported or does not work
  static Optional<ConfigfsTsm> find(Path reports, OptionalInt level) throws IOException {
    if (!Files.isDirectory(reports)) {
      return Optional.empty();
    }
    TsmReport.removeAbandoned(reports);
    try (var report = TsmReport.create(reports)) {
      return Optional.of(new ConfigfsTsm(reports, level, supported(report.provider())));
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENXIO) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Isolation supported(String provider) throws IOException {
    var isolation = PROVIDERS.get(provider);
    if (isolation == null) {
      throw new IOException("the kernel's provider of reports is unknown here: " + word(provider));
    }
    return isolation;
  }

  /// Returns a word of the kernel, without what could confuse a terminal.
  private static String word(String text) {
    return "`" + text.replaceAll("[^a-zA-Z0-9_.-]", "?") + "`";
  }

  @Override
  public SourceName name() {
    return SourceName.CONFIGFS_TSM;
  }

  @Override
  public Duration pause() {
    return Duration.ofMillis(500);
  }

  @Override
  public Evidence request(ReportData data) throws IOException {
    for (var disturbed = 0; disturbed < MOST_DISTURBANCES; disturbed++) {
      var evidence = requestOnce(HexFormat.of().parseHex(data.hex()));
      if (evidence.isPresent()) {
        return evidence.get();
      }
    }
    throw new IOException(
        "something else wrote into the agent's own directory below %s, %d times"
            .formatted(reports, MOST_DISTURBANCES));
  }

  /// Requests a report. Returns empty if it may not be the one that was asked for, because the
  /// kernel counted other writes than this process made.
  private Optional<Evidence> requestOnce(byte[] data) throws IOException {
    try (var report = TsmReport.create(reports)) {
      if (PROVIDERS.get(report.provider()) != isolation) {
        throw new IOException("the kernel's provider of reports is another one than before");
      }
      long expected = report.generation() + setLevel(report) + 1;
      report.write("inblob", data);
      var made = report.blob("outblob");
      var certificates = report.optionalBlob("auxblob");
      return report.generation() == expected
          ? Optional.of(evidence(made, certificates))
          : Optional.empty();
    }
  }

  /// Sets the privilege level where there is one. Returns the number of writes.
  private int setLevel(TsmReport report) throws IOException {
    if (isolation != Isolation.SEV_SNP) {
      return 0;
    }
    long floor = report.number("privlevel_floor");
    long wanted = level.isPresent() ? level.getAsInt() : floor;
    if (wanted < floor) {
      throw new IOException(
          "`--vmpl %d` is below %d, the lowest privilege level of this guest"
              .formatted(wanted, floor));
    }
    report.write("privlevel", Long.toString(wanted).getBytes(US_ASCII));
    return 1;
  }

  private Evidence evidence(byte[] made, Optional<byte[]> certificates) throws IOException {
    if (isolation == Isolation.TDX) {
      return new Evidence.TdxQuote(Octets.of(quote(made)));
    }
    if (made.length != SNP_REPORT_SIZE) {
      throw new IOException(
          "the report has %d bytes, not %d".formatted(made.length, SNP_REPORT_SIZE));
    }
    return new Evidence.SnpReport(Octets.of(made), certificates.map(Octets::of));
  }

  /// Checks that something is a quote of a version that exists, so that another format is refused
  /// where it is made.
  private static byte[] quote(byte[] made) throws IOException {
    int first = made.length < 2 ? 0 : made[0] & 0xff;
    int major = first >> 5;
    if (major >= CBOR_ARRAY && major <= CBOR_TAG) {
      throw new IOException(
          "the TDX module delivers CBOR (DICE evidence) instead of a quote, which is not supported:"
              + " the host must offer quotes of DCAP");
    }
    if ((first != 4 && first != 5) || made[1] != 0) {
      throw new IOException("what the kernel delivers is no quote of version 4 or 5");
    }
    return made;
  }
}
