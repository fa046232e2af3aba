package dev.testudo.cli.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionValuesTest {
  private static final String OLD = "0".repeat(96);
  private static final String ONE = "1".repeat(96);
  private static final String TWO = "e2".repeat(48);

  private static final String SESSION =
      """
      # Mine.
      name: records
      services:
        - name: other
          attestation:
            - sev_snp: {measurement: "%1$s"}
        - name:   api     # odd spaces
          attestation:
            - sev_snp:
                measurement: %2$s   # computed
                vmpl: [0]
            - mrenclave: [%1$s]
      secrets: [{name: a, kind: ascii, value: "keep\\tme"}]
      """;

  @TempDir private Path folder;

  private static ImageMeasurements measured(String name, String... values) {
    return new ImageMeasurements(
        List.of(values).stream()
            .map(value -> new ImageMeasurements.Value(name, "", Octets.ofHex(value)))
            .toList(),
        List.of());
  }

  private static String written(String session, String... values) throws CommandFailed {
    return SessionMeasurements.snp(measured("MEASUREMENT", values))
        .in(new SourceFile("session.yaml", session), Optional.of("api"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"old", "\"old\"", "[old]", "[ 'old', old, \"old\" ]"})
  void onlyTheValueOfTheServiceChanges(String form) throws Exception {
    var before = SESSION.formatted(OLD, form.replace("old", OLD));
    assertEquals(
        SESSION.formatted(OLD, "[\"%s\", \"%s\"]".formatted(ONE, TWO)), written(before, ONE, TWO));
  }

  @Test
  void itemsOfTheSameNumberAreReplacedOneByOneAndKeepTheirComments() throws Exception {
    var list = "\n            - %s # Milan\n            - %s # Genoa\n     ";
    assertEquals(
        SESSION.formatted(OLD, list.formatted('"' + ONE + '"', '"' + TWO + '"')),
        written(SESSION.formatted(OLD, list.formatted(OLD, OLD)), ONE, TWO));
  }

  @Test
  void aSecondTimeNothingChanges() throws Exception {
    var once = written(SESSION.formatted(OLD, OLD), ONE, TWO);
    assertEquals(once, written(once, ONE, TWO));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n            - old # Milan\n            - old\n            - old\n     ",
        "$MEASUREMENT",
        "\"$$SCONE::measurement$$\"",
        "",
        "&shared old",
        "{old: old}"
      })
  void whatCannotBeReplacedAloneIsRefusedWithWhatToWrite(String form) {
    var before = SESSION.formatted(OLD, form.replace("old", OLD));
    var failed = assertThrows(CommandFailed.class, () -> written(before, ONE, TWO));
    assertEquals(ExitCode.INPUT_WRONG, failed.code());
    assertTrue(
        failed.line().endsWith("`- sev_snp: {measurement: [\"%s\", \"%s\"]}`".formatted(ONE, TWO)),
        failed.line());
  }

  @Test
  void aServiceThatIsAbsentOrHasNoRuleIsRefused() {
    var session = new SourceFile("session.yaml", SESSION.formatted(OLD, OLD));
    var tdx = SessionMeasurements.tdx(measured("RTMR2", ONE));
    assertThrows(CommandFailed.class, () -> tdx.in(session, Optional.of("api")));
    assertThrows(CommandFailed.class, () -> tdx.in(session, Optional.of("absent")));
    assertThrows(CommandFailed.class, () -> tdx.in(session, Optional.empty()));
  }

  @Test
  void theRegistersOfATrustDomainAreReplacedButNotTheFirst() throws Exception {
    var text =
        """
        services:
        - {name: api, attestation: [{tdx: {rtmr: {0: "%1$s", 1: "%2$s", 2: "%2$s"}, mrtd: "%3$s"}}]}
        """;
    var measured =
        new ImageMeasurements(
            List.of(
                new ImageMeasurements.Value("MRTD", "", Octets.ofHex(ONE)),
                new ImageMeasurements.Value("RTMR1", "", Octets.ofHex(TWO)),
                new ImageMeasurements.Value("RTMR2", "", Octets.ofHex(TWO))),
            List.of());
    assertEquals(
        text.formatted(OLD, TWO, ONE),
        SessionMeasurements.tdx(measured)
            .in(new SourceFile("session.yaml", text.formatted(OLD, OLD, OLD)), Optional.of("api")));
  }

  @Test
  void thePartsOfAnImageAndRegister11AreReplacedForATpm() throws Exception {
    var text =
        """
        services:
        - name: api
          attestation:
          - tpm: {image: {uki: "%1$s", initrd: "%1$s"}, pcrs: {7: "%2$s", 11: "%1$s"}}
        """;
    var old = "0".repeat(64);
    var now = "5a".repeat(32);
    var kept = "77".repeat(32);
    var measured =
        new ImageMeasurements(
            List.of(
                new ImageMeasurements.Value("PCR 4", "", Octets.ofHex(now)),
                new ImageMeasurements.Value("PCR 11", "", Octets.ofHex(now)),
                new ImageMeasurements.Value("image uki", "", Octets.ofHex(now)),
                new ImageMeasurements.Value("image initrd", "", Octets.ofHex(now))),
            List.of());
    var values = SessionMeasurements.tpm(measured);
    assertEquals(
        text.formatted(now, kept),
        values.in(new SourceFile("session.yaml", text.formatted(old, kept)), Optional.of("api")));
    assertEquals(
        "tpm: {image: {uki: \"%1$s\", initrd: \"%1$s\"}, pcrs: {11: \"%1$s\"}}".formatted(now),
        values.rule());
  }

  @Test
  void whatIsMeasuredOfFirmwareAloneIsForNoSession() {
    var firmware =
        new ImageMeasurements(
            measured("MEASUREMENT", ONE).values(), List.of(ImageMeasurements.DISK));
    var failed = assertThrows(CommandFailed.class, () -> SessionMeasurements.snp(firmware));
    assertEquals(ExitCode.INPUT_WRONG, failed.code());
  }

  @Test
  void theFileKeepsItsModeAndIsNotTouchedWithoutAChange() throws Exception {
    var file = Files.writeString(folder.resolve("session.yaml"), SESSION.formatted(OLD, OLD));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    var values = SessionMeasurements.snp(measured("MEASUREMENT", ONE));
    assertTrue(SessionMeasurements.write(values, file, Optional.of("api")));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    var written = Files.getLastModifiedTime(file);
    assertFalse(SessionMeasurements.write(values, file, Optional.of("api")));
    assertEquals(written, Files.getLastModifiedTime(file));
  }
}
