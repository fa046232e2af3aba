package dev.testudo.agent.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.EvidenceOptions;
import dev.testudo.agent.attest.LaunchedFor;
import dev.testudo.agent.attest.TokenSource;
import dev.testudo.agent.attest.source.SourceName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentOptionsTest {
  private static final String KEY = "11111111111111111111111111111112";
  private static final List<String> ENOUGH =
      List.of("--cas", "cas:8081", "--cas-key", KEY, "--service", "a/b", "--image", "/image");

  private static List<String> with(String... more) {
    var all = new ArrayList<>(ENOUGH);
    all.addAll(List.of(more));
    return all;
  }

  /// What is wrong with the options. What is said of it ends with where to read more.
  private static String wrong(List<String> args) {
    var line = refusal(args);
    var more = "; see `testudo agent run --help`";
    assertEquals(more, line.substring(Math.max(0, line.length() - more.length())));
    return line.substring(0, line.length() - more.length());
  }

  private static String refusal(List<String> args) {
    var failure = assertThrows(AgentFailure.class, () -> AgentOptions.parse(args, Map.of()));
    assertEquals(AgentFailure.Kind.USAGE, failure.kind());
    return failure.line();
  }

  @Test
  void readsEveryOption() throws AgentFailure {
    var options =
        AgentOptions.parse(
            with("--address", "127.64.1.2", "--hosts", "/h", "--events", "/e", "--exit-with-stdin"),
            Map.of("SCONE_SERVICE_ACCESS_TOKEN", "token"));
    assertEquals("cas:8081", options.cas().address().toString());
    assertEquals("a/b", options.service());
    assertEquals("127.64.1.2", options.program().address().orElseThrow().getHostAddress());
    assertTrue(options.program().endsWithInput());
    assertEquals(5, ((TokenSource.Given) options.cas().token().orElseThrow()).token().length());
  }

  @Test
  void whatFollowsTwoDashesIsForThePolicy() throws AgentFailure {
    var options = AgentOptions.parse(with("--", "--cas", "", "--"), Map.of());
    assertEquals(List.of("--cas", "", "--"), options.program().arguments());
    assertEquals(List.of(), AgentOptions.parse(ENOUGH, Map.of()).program().arguments());
  }

  @Test
  void documentedVariablesStandInForOptions() throws AgentFailure {
    var environment = Map.of("SCONE_CAS_ADDR", "[::1]:9", "SCONE_CONFIG_ID", "x/y");
    var options = AgentOptions.parse(List.of("--cas-key", KEY, "--image", "/image"), environment);
    assertEquals("[::1]:9", options.cas().address().toString());
    assertEquals("x/y", options.service());
    assertEquals(Optional.empty(), options.program().address());
    assertFalse(options.program().endsWithInput());
  }

  @Test
  void theSourceOfEvidenceIsTheFirstThatIsThereUnlessItIsNamed() throws AgentFailure {
    var ordinary = AgentOptions.parse(ENOUGH, Map.of()).cas().evidence();
    assertEquals(
        new EvidenceOptions(
            Optional.empty(), OptionalInt.empty(), LaunchedFor.ANYTHING, false, Optional.empty()),
        ordinary);
    assertEquals(
        ordinary,
        AgentOptions.parse(
                with("--evidence-source", "auto", "--host-data", "none"),
                Map.of("TESTUDO_RUNTIME_MEASUREMENT", "none"))
            .cas()
            .evidence());
    assertEquals(
        new EvidenceOptions(
            Optional.of(SourceName.SEV_GUEST),
            OptionalInt.of(2),
            LaunchedFor.IMAGE,
            false,
            Optional.empty()),
        AgentOptions.parse(
                with("--evidence-source", "sev-guest", "--host-data", "image"),
                Map.of("TESTUDO_VMPL", "2"))
            .cas()
            .evidence());
    assertEquals(
        new EvidenceOptions(
            Optional.of(SourceName.CONFIGFS_TSM),
            OptionalInt.empty(),
            LaunchedFor.INITDATA,
            true,
            Optional.of("H4sI")),
        AgentOptions.parse(
                with("--evidence-source", "configfs-tsm", "--host-data", "initdata"),
                Map.of("TESTUDO_RUNTIME_MEASUREMENT", "rtmr3", "TESTUDO_INITDATA", "H4sI"))
            .cas()
            .evidence());
  }

  @Test
  void valuesOfEvidenceThatDoNotExistAreRefused() {
    assertEquals(
        "`tdx` of `--evidence-source` is not auto, configfs-tsm, sev-guest, gramine, azure-vtpm,"
            + " tpm, software",
        wrong(with("--evidence-source", "tdx")));
    assertEquals("`4` of `--vmpl` is not a number from 0 to 3", wrong(with("--vmpl", "4")));
    assertEquals(
        "`x` of `--host-data` is not image, initdata or none", wrong(with("--host-data", "x")));
    assertEquals(
        "`on` of `--runtime-measurement` is not rtmr3 or none",
        wrong(with("--runtime-measurement", "on")));
  }

  @Test
  void allMistakesAboutEvidenceAreToldAtOnce() {
    assertEquals(
        "`tee` of `--evidence-source` is not auto, configfs-tsm, sev-guest, gramine, azure-vtpm,"
            + " tpm, software; `9` of `--vmpl` is not a number from 0 to 3; `on` of `--host-data` is not"
            + " image, initdata or none",
        wrong(with("--evidence-source", "tee", "--vmpl", "9", "--host-data", "on")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gramine --vmpl 1|`--vmpl` is only for SEV-SNP, not for `gramine`",
        "software --vmpl 1|`--vmpl` is only for SEV-SNP, not for `software`",
        "azure-vtpm --vmpl 1|`--vmpl` is only for SEV-SNP, not for `azure-vtpm`",
        "gramine --host-data image|`--host-data image` is only for SEV-SNP and TDX without a paravisor,"
            + " not for `gramine`",
        "azure-vtpm --host-data image|`--host-data image` is only for SEV-SNP and TDX without a"
            + " paravisor, not for `azure-vtpm`",
        "sev-guest --runtime-measurement rtmr3|`--runtime-measurement rtmr3` is only for TDX without a"
            + " paravisor, not for `sev-guest`",
        "auto --vmpl 1 --runtime-measurement rtmr3|`--vmpl` is only for SEV-SNP, and"
            + " `--runtime-measurement rtmr3` only for TDX",
        "software --vmpl 1 --host-data image|`--vmpl` is only for SEV-SNP, not for `software`;"
            + " `--host-data image` is only for SEV-SNP and TDX without a paravisor, not for `software`"
      })
  void whatASourceCannotDoIsRefused(String words, String mistake) {
    var all = new ArrayList<>(List.of("--evidence-source"));
    all.addAll(List.of(words.split(" ", -1)));
    assertEquals(mistake, wrong(with(all.toArray(String[]::new))));
  }

  @Test
  void aOneTimePasswordFollowsTheService() throws AgentFailure {
    var minimum = List.of("--cas", "cas:8081", "--cas-key", KEY, "--image", "/image");
    var options = AgentOptions.parse(minimum, Map.of("SCONE_CONFIG_ID", "x/y@012345"));
    assertEquals("x/y", options.service());
    var password = options.cas().oneTimePassword().orElseThrow();
    assertEquals("012345", password.reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII)));
    assertFalse(options.toString().contains("012345"));
    var failure =
        assertThrows(
            AgentFailure.class,
            () -> AgentOptions.parse(minimum, Map.of("SCONE_CONFIG_ID", "x/y@1234567")));
    assertEquals(AgentFailure.Kind.USAGE, failure.kind());
    assertEquals(
        "after the `@` of `--service` come 6 digits; see `testudo agent run --help`",
        failure.line());
  }

  @Test
  void anOptionBeatsItsVariable() throws AgentFailure {
    assertEquals("a/b", AgentOptions.parse(ENOUGH, Map.of("SCONE_CONFIG_ID", "x/y")).service());
  }

  @Test
  void saysWhatIsWrongWithAnOption() {
    assertEquals("`--cas-key` is missing", wrong(List.of("--cas", "c")));
    assertEquals("`--nonsense` is not an option", wrong(with("--nonsense")));
    assertEquals("`--hosts` needs a value", wrong(with("--hosts")));
    assertEquals("`--cas` is given twice", wrong(with("--cas", "d")));
    for (var elsewhere : List.of("10.0.0.1", "localhost")) {
      assertEquals(
          "`%s` is not an address in 127.0.0.0/8".formatted(elsewhere),
          wrong(with("--address", elsewhere)));
    }
  }

  @Test
  void theTokenComesFromOnePlace() throws AgentFailure {
    assertEquals(
        Optional.of(new TokenSource.InFile(Path.of("/t"))),
        AgentOptions.parse(with("--token-file", "/t"), Map.of()).cas().token());
    assertEquals(
        Optional.of(new TokenSource.AtDescriptor(0)),
        AgentOptions.parse(with("--token-fd", "0"), Map.of()).cas().token());
    assertEquals(
        "the token is given twice: one of `--token-file`, `--token-fd` and"
            + " SCONE_SERVICE_ACCESS_TOKEN is enough",
        wrong(with("--token-file", "/t", "--token-fd", "3")));
    for (var number : List.of("1", "2", "-1", "03", "x", "")) {
      assertEquals(
          "`%s` is not the number of a descriptor that can be read".formatted(number),
          wrong(with("--token-fd", number)));
    }
  }

  @Test
  void theTokenDoesNotPrint() throws AgentFailure {
    var options = AgentOptions.parse(ENOUGH, Map.of("SCONE_SERVICE_ACCESS_TOKEN", "hunter2"));
    assertEquals("AgentOptions[a/b from cas:8081]", options.toString());
  }

  @Test
  void theEnvironmentSaysWhatAnOrchestratorWants() throws AgentFailure {
    var wanted =
        AgentOptions.parse(
                ENOUGH,
                Map.of(
                    "TESTUDO_PROBE_PORT", "8089",
                    "TESTUDO_READY_PORTS", "6379,80",
                    "TESTUDO_DRAIN_SECONDS", "5",
                    "TESTUDO_CAS_WAIT_SECONDS", "90"))
            .orchestrator();
    assertEquals(
        new OrchestratorOptions(
            Optional.of(8089), List.of(6379, 80), Duration.ofSeconds(5), Duration.ofSeconds(90)),
        wanted);
    assertEquals(Optional.empty(), AgentOptions.parse(ENOUGH, Map.of()).orchestrator().probePort());
  }

  @Test
  void refusesNumbersThatAreNoPorts() {
    assertEquals(
        "`0` of `--probe-port` is not a number from 1 to 65535", wrong(with("--probe-port", "0")));
    assertEquals(
        "`x` of `--ready-ports` is not a number from 1 to 65535",
        wrong(with("--ready-ports", "80,x")));
    assertEquals(
        "`-1` of `--drain-seconds` is not a number from 0 to 3600",
        wrong(with("--drain-seconds", "-1")));
  }
}
