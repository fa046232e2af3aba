package dev.testudo.agent.attest.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.fuse.FuseError;
import dev.testudo.linux.sys.Errno;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Requests through a file system with the kernel's rules.
@Timeout(60)
class ConfigfsTsmPrivilegedTest {
  private static final ReportData DATA = new ReportData("ab".repeat(64));

  @TempDir private Path folder;

  /// A provider that delivers what the test gives it, with the input in the middle.
  private static final class Driver implements FakeTsm.Provider {
    private final String name;
    private final Optional<Integer> floor;
    private final int[] first;
    private final int size;
    private byte[] certificates = {};
    private final List<Integer> levels = new ArrayList<>();
    private int busy;

    Driver(String name, Optional<Integer> floor, int size, int... first) {
      this.name = name;
      this.floor = floor;
      this.size = size;
      this.first = first;
    }

    static Driver tdx(int... first) {
      return new Driver("tdx_guest", Optional.empty(), 5006, first);
    }

    static Driver snp(int floor) {
      return new Driver("sev_guest", Optional.of(floor), 1184, 5);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Optional<Integer> floor() {
      return floor;
    }

    @Override
    public FakeTsm.Made make(byte[] data, int level) throws FuseError {
      if (busy > 0) {
        busy--;
        throw new FuseError(Errno.EBUSY);
      }
      levels.add(level);
      var report = new byte[size];
      for (var i = 0; i < first.length; i++) {
        report[i] = (byte) first[i];
      }
      System.arraycopy(data, 0, report, 80, data.length);
      return new FakeTsm.Made(report, certificates);
    }
  }

  private static ConfigfsTsm found(Path reports, int... level) throws IOException {
    var wanted = level.length == 0 ? OptionalInt.empty() : OptionalInt.of(level[0]);
    return ConfigfsTsm.find(reports, wanted).orElseThrow();
  }

  private static byte[] bound(Octets report) {
    return report.slice(80, 64).toBytes();
  }

  @Test
  void aQuoteOfTdxIsBoundToTheDataAndNothingStays() throws Exception {
    var tsm = new FakeTsm(Driver.tdx(4, 0));
    OnTsm.run(
        folder,
        tsm,
        reports -> {
          var source = found(reports);
          assertEquals(Isolation.TDX, source.isolation());
          var evidence = assertInstanceOf(Evidence.TdxQuote.class, source.request(DATA));
          assertEquals(5006, evidence.quote().length());
          assertArrayEquals(HexFormat.of().parseHex(DATA.hex()), bound(evidence.quote()));
        });
    assertEquals(List.of(), tsm.existing());
    assertEquals(2, tsm.removed().stream().distinct().count());
  }

  @Test
  void aReportOfSevSnpComesWithTheCertificatesOfTheHost() throws Exception {
    var driver = Driver.snp(0);
    driver.certificates = new byte[] {9, 8, 7};
    OnTsm.run(
        folder,
        new FakeTsm(driver),
        reports -> {
          var evidence = assertInstanceOf(Evidence.SnpReport.class, found(reports).request(DATA));
          assertEquals(1184, evidence.report().length());
          assertArrayEquals(HexFormat.of().parseHex(DATA.hex()), bound(evidence.report()));
          var certificates = evidence.certificates().orElseThrow();
          assertArrayEquals(new byte[] {9, 8, 7}, certificates.toBytes());
          driver.certificates = new byte[0];
          var without = assertInstanceOf(Evidence.SnpReport.class, found(reports).request(DATA));
          assertEquals(Optional.empty(), without.certificates());
        });
  }

  @Test
  void thePrivilegeLevelIsTheLowestThatIsPermittedOrTheConfiguredOne() throws Exception {
    var driver = Driver.snp(1);
    OnTsm.run(
        folder,
        new FakeTsm(driver),
        reports -> {
          found(reports).request(DATA);
          found(reports, 3).request(DATA);
          assertEquals(List.of(1, 3), driver.levels);
          var source = found(reports, 0);
          var refused = assertThrows(IOException.class, () -> source.request(DATA));
          assertEquals(
              "`--vmpl 0` is below 1, the lowest privilege level of this guest",
              refused.getMessage());
        });
  }

  @Test
  void whatKilledAgentsHaveLeftIsRemovedAndNothingElse() throws Exception {
    var tsm = new FakeTsm(Driver.tdx(4, 0));
    var old = Instant.now().minus(Duration.ofHours(1));
    var left = "testudo-" + "0a".repeat(16);
    var inUse = "testudo-" + "0b".repeat(16);
    var others = "testudo-" + "0c".repeat(15);
    tsm.leave(left, old);
    tsm.leave(inUse, Instant.now());
    tsm.leave(others, old);
    tsm.leave("other", old);
    OnTsm.run(folder, tsm, reports -> found(reports).request(DATA));
    assertEquals(List.of("other", inUse, others), tsm.existing());
    assertTrue(tsm.removed().contains(left));
  }

  @Test
  void aDirectoryWithoutDriverIsNoSource() throws Exception {
    OnTsm.run(
        folder,
        new FakeTsm(null),
        reports -> assertEquals(Optional.empty(), ConfigfsTsm.find(reports, OptionalInt.empty())));
    assertEquals(
        Optional.empty(), ConfigfsTsm.find(folder.resolve("nothing"), OptionalInt.empty()));
  }

  @Test
  void anUnknownDriverIsRefusedByName() throws Exception {
    var tsm = new FakeTsm(new Driver("arm_cca_guest", Optional.empty(), 100));
    OnTsm.run(
        folder,
        tsm,
        reports -> {
          var refused = assertThrows(IOException.class, () -> found(reports));
          assertEquals(
              "the kernel's provider of reports is unknown here: `arm_cca_guest`",
              refused.getMessage());
        });
    assertEquals(List.of(), tsm.existing());
  }

  @Test
  void anotherWriterIsNoticedAndTheRequestRepeated() throws Exception {
    var tsm = new FakeTsm(Driver.tdx(4, 0));
    var disturbances = new ArrayList<>(List.of(1));
    tsm.beforeReport(
        () -> {
          if (!disturbances.isEmpty()) {
            disturbances.removeFirst();
            tsm.disturb();
          }
        });
    OnTsm.run(
        folder,
        tsm,
        reports -> {
          var source = found(reports);
          assertInstanceOf(Evidence.TdxQuote.class, source.request(DATA));
          assertEquals(3, tsm.removed().size());
          tsm.beforeReport(tsm::disturb);
          assertThrows(IOException.class, () -> source.request(DATA));
        });
    assertEquals(List.of(), tsm.existing());
  }

  @Test
  void aBusyHostIsAskedAgain() throws Exception {
    var driver = Driver.tdx(5, 0);
    var tsm = new FakeTsm(driver);
    OnTsm.run(
        folder,
        tsm,
        reports -> {
          var source = found(reports);
          driver.busy = 2;
          var pauses = new ArrayList<Long>();
          Requests.make(source, DATA, pause -> pauses.add(pause.toMillis()));
          assertEquals(List.of(500L, 1000L), pauses);
          driver.busy = 100;
          pauses.clear();
          assertThrows(
              IOException.class,
              () -> Requests.make(source, DATA, pause -> pauses.add(pause.toMillis())));
          assertEquals(List.of(500L, 1000L, 2000L), pauses);
        });
    assertEquals(List.of(), tsm.existing());
  }

  @Test
  void whatIsNoQuoteIsRefusedByName() throws Exception {
    for (var first : List.of(0x84, 0xa2, 0xd9)) {
      assertEquals(
          "the TDX module delivers CBOR (DICE evidence) instead of a quote, which is not supported:"
              + " the host must offer quotes of DCAP",
          refusal(Driver.tdx(first, 0x11)));
    }
    assertEquals(
        "what the kernel delivers is no quote of version 4 or 5", refusal(Driver.tdx(3, 0)));
    assertEquals(
        "what the kernel delivers is no quote of version 4 or 5", refusal(Driver.tdx(4, 1)));
    assertEquals(
        "the report has 1000 bytes, not 1184",
        refusal(new Driver("sev_guest", Optional.of(0), 1000, 5)));
    assertEquals(
        "`outblob` is larger than the kernel delivers, or than 32768 bytes (EFBIG), which no report"
            + " is that testudo reads",
        refusal(new Driver("tdx_guest", Optional.empty(), 40_000, 4, 0)));
  }

  private String refusal(Driver driver) throws Exception {
    var tsm = new FakeTsm(driver);
    var said = new ArrayList<String>();
    OnTsm.run(
        folder,
        tsm,
        reports -> {
          var source = found(reports);
          var refused = assertThrows(IOException.class, () -> source.request(DATA));
          said.add(String.valueOf(refused.getMessage()));
        });
    assertTrue(tsm.existing().isEmpty());
    return said.getFirst();
  }
}
