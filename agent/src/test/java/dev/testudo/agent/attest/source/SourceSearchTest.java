package dev.testudo.agent.attest.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SourceSearchTest {
  private static final ReportData DATA = new ReportData("cd".repeat(64));

  @TempDir private Path machine;

  private Devices devices() {
    return new Devices(
        machine.resolve("report"),
        machine.resolve("sev-guest"),
        machine.resolve("attestation"),
        new Devices.Tpm(machine.resolve("tpm"), machine.resolve("log")),
        new Devices.Azure(machine.resolve("tag"), URI.create("http://127.0.0.1:9")),
        new Devices.Sysfs(machine.resolve("measurements"), machine.resolve("misc")));
  }

  private SourceSearch sources() {
    return new SourceSearch(devices(), OptionalInt.empty());
  }

  private Path gramine(String type) throws IOException {
    var directory = Files.createDirectories(machine.resolve("attestation"));
    Files.writeString(directory.resolve("attestation_type"), type + "\n");
    Files.write(directory.resolve("user_report_data"), new byte[0]);
    Files.write(directory.resolve("quote"), new byte[] {3, 0, 2, 0});
    return directory;
  }

  @Test
  void anOrdinaryMachineHasNoSource() throws Exception {
    assertEquals(Optional.empty(), sources().first());
  }

  /// A TPM is in most machines, and often only root may use it.
  @Test
  void theTpmOfAMachineElsewhereThanOnAzureIsNotAsked() throws Exception {
    Files.writeString(machine.resolve("tpm"), "would fail");
    assertEquals(Optional.empty(), sources().first());
    Files.writeString(machine.resolve("tag"), "7783-7084-3265-9085-8269-3286-77\n");
    assertThrows(IOException.class, sources()::first);
  }

  @Test
  void aSourceThatIsNamedAndAbsentIsRefusedWithWhatWasLookedFor() {
    for (var name : SourceName.values()) {
      var refused = assertThrows(IOException.class, () -> sources().named(name));
      var text = String.valueOf(refused.getMessage());
      assertEquals(name != SourceName.SOFTWARE, text.indexOf(machine.toString()) > 0, text);
    }
    var refused =
        assertThrows(IOException.class, () -> sources().named(SourceName.SEV_GUEST)).getMessage();
    assertEquals(
        "there is no %s/sev-guest; a SEV-SNP guest has it with the driver sev-guest"
            .formatted(machine),
        refused);
  }

  @Test
  void aDriverWhoseReportsAreNotInThisContainerIsTold() throws Exception {
    assertEquals(Optional.empty(), sources().missed());
    Files.createDirectories(machine.resolve("misc/tdx_guest"));
    assertEquals(Optional.empty(), sources().first());
    assertEquals(
        "this is a confidential VM (%s/misc/tdx_guest), but there is no %1$s/report; Linux 6.7 or"
                .formatted(machine)
            + " later has it in a confidential VM, with the driver tdx-guest or sev-guest and"
            + " configfs mounted, in a container too",
        sources().missed().orElseThrow());
  }

  /// The file stands for a directory that this process may not use.
  @Test
  void aDriverWhoseReportsThisProcessMayNotUseIsAFailureAndNotSoftware() throws Exception {
    Files.createDirectories(machine.resolve("misc/sev-guest"));
    Files.writeString(machine.resolve("report"), "");
    assertThrows(IOException.class, sources()::first);
  }

  @Test
  void theDeviceOfSevSnpIsASourceWithoutTheDirectoryOfTheKernel() throws Exception {
    Files.writeString(machine.resolve("sev-guest"), "");
    var source = sources().first().orElseThrow();
    assertEquals(SourceName.SEV_GUEST, source.name());
    assertEquals(Isolation.SEV_SNP, source.isolation());
    // It is a file, so its ioctls fail.
    assertThrows(IOException.class, () -> source.request(DATA));
  }

  @Test
  void gramineQuotesTheDataThatIsWritten() throws Exception {
    var directory = gramine("dcap");
    var source = sources().first().orElseThrow();
    assertEquals(SourceName.GRAMINE, source.name());
    var evidence = assertInstanceOf(Evidence.SgxQuote.class, source.request(DATA));
    assertEquals(Octets.ofHex("03000200"), evidence.quote());
    assertArrayEquals(
        HexFormat.of().parseHex(DATA.hex()),
        Files.readAllBytes(directory.resolve("user_report_data")));
  }

  @Test
  void gramineWithoutDcapIsAFailureAndNotSoftware() throws Exception {
    for (var type : new String[] {"none", "epid"}) {
      gramine(type);
      var refused = assertThrows(IOException.class, sources()::first);
      assertEquals(
          "%s/attestation/attestation_type says `%s`: the manifest of Gramine needs `sgx.remote_attestation = \"dcap\"`"
              .formatted(machine, type),
          refused.getMessage());
    }
  }

  @Test
  void anEmptyQuoteIsRefused() throws Exception {
    Files.write(gramine("dcap").resolve("quote"), new byte[0]);
    var source = sources().first().orElseThrow();
    assertThrows(IOException.class, () -> source.request(DATA));
  }
}
