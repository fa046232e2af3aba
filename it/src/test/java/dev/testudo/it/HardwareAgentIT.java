package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.attest.source.FakeTsm;
import dev.testudo.agent.attest.source.OnTsm;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.measure.SoftwareMeasurement;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAlgorithm;
import dev.testudo.vm.initdata.InitdataAnnotation;
import dev.testudo.vm.initdata.LaunchedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An agent in what looks like a trust domain, from the kernel's interface for evidence to the
/// program. The interface has the kernel's rules, and its quotes are by a root that plays Intel.
/// Runs as root.
@Timeout(3600)
class HardwareAgentIT {
  private static final Path LIB = Command.ROOT.resolve("dist/target/testudo/lib");
  private static final int MRCONFIGID = 184;
  private static final int REFUSED = 4;

  @TempDir private Path folder;

  private OwnIntel intel;
  private Path image;
  private RunningCas cas;

  /// Makes quotes of the platform over what the agent writes.
  private final class Driver implements FakeTsm.Provider {
    @Override
    public String name() {
      return "tdx_guest";
    }

    @Override
    public Optional<Integer> floor() {
      return Optional.empty();
    }

    @Override
    public FakeTsm.Made make(byte[] data, int level) {
      var quote = intel.platform().reportData(new ReportData(Octets.of(data).hex())).quoteBytes();
      return new FakeTsm.Made(quote.toBytes(), new byte[0]);
    }
  }

  @BeforeEach
  void start() throws Exception {
    Files.setAttribute(folder, "unix:mode", 0777);
    image = Files.createDirectory(folder.resolve("image"));
    Files.createDirectories(image.resolve("root/app"));
    Files.writeString(image.resolve("root/app/greeting"), "hello");
    Files.writeString(
        image.resolve("image.json"),
        "{\"name\":\"it\",\"files\":[\"%s\"],\"host_paths\":[\"%s\"]}"
            .formatted(Path.of("/bin/sh").toRealPath(), folder));
    intel = OwnIntel.in(folder);
    intel.publish();
    cas = intel.cas(folder.resolve("cas"));
  }

  @AfterEach
  void stop() throws IOException {
    cas.close();
  }

  /// Launches the domain for the image, as it is now, and registers a session that names it so.
  private void launchForTheImage() throws IOException {
    launchWith(SoftwareMeasurement.of(LIB, image).measurement().hex() + "00".repeat(16));
  }

  /// Launches the domain with initdata that names the service, and registers a session with its
  /// digest.
  private Initdata launchWithInitdata() throws IOException {
    var initdata = initdata(InitdataAlgorithm.SHA384);
    launchWith(initdata.mrConfigId().hex());
    return initdata;
  }

  private Initdata initdata(InitdataAlgorithm algorithm) throws IOException {
    var service =
        new LaunchedService(
            cas.key(),
            ServiceId.parse("domain/program").orElseThrow(),
            SoftwareMeasurement.of(LIB, image).measurement());
    return Initdata.of(
        algorithm,
        Map.of(LaunchedService.NAME, service.write(), "policy.rego", "package agent_policy\n"));
  }

  private void launchWith(String configId) throws IOException {
    intel.platform().quote().body(MRCONFIGID, configId);
    var claims = ((Verified) intel.platform().verify(intel.now(), Duration.ZERO)).claims();
    cas.register(
        """
        name: domain
        version: "0.3"
        security:
          attestation: {mode: hardware, tolerate: [test-root, hyperthreading]}
        services:
          - name: program
            command: [sh, -c, 'echo "$WORD" > %s']
            environment: {PATH: /usr/bin:/bin, WORD: "$$SCONE::word$$"}
            attestation:
              tdx: {mrtd: "%s", mrconfigid: "%s"}
        secrets: [{name: word, kind: ascii, value: tell-nobody}]
        """
            .formatted(
                folder.resolve("out"), ((EvidenceClaims.Tdx) claims).domain().mrtd(), configId));
  }

  private Command run() throws Exception {
    return run("--host-data", "image");
  }

  private Command run(Initdata handedIn) throws Exception {
    return run("--host-data", "initdata", "--initdata", InitdataAnnotation.encode(handedIn));
  }

  private Command run(String... options) throws Exception {
    var ended = new Command[1];
    OnTsm.atItsPlace(
        new FakeTsm(new Driver()),
        _ -> ended[0] = Command.run(Map.of(), cas.agent("domain/program", image, options)));
    return ended[0];
  }

  @Test
  void aServiceStartsWithTheQuoteOfTheKernelAndIsNotCalledHardwareAttested() throws Exception {
    launchForTheImage();
    var ended = run();
    assertEquals(0, ended.exit(), ended.all() + cas.audit());
    assertEquals("tell-nobody\n", Files.readString(folder.resolve("out")));
    new Output(ended.err())
        .hasLine("testudo agent: domain/program: not hardware attested (tdx evidence)");
    var attested =
        cas.audit().stream()
            .filter(line -> line.path("event").asText().equals("attested"))
            .toList();
    assertEquals(1, attested.size());
    assertEquals("tdx", attested.getFirst().path("evidence").asText());
    assertFalse(attested.getFirst().path("hardware_attested").asBoolean());
    assertTrue(attested.getFirst().path("remarks").size() > 0);
  }

  @Test
  void anotherImageThanTheDomainWasLaunchedForDoesNotStart() throws Exception {
    launchForTheImage();
    Files.writeString(image.resolve("root/app/greeting"), "hullo");
    var ended = run();
    assertEquals(REFUSED, ended.exit(), ended.all());
    assertFalse(Files.exists(folder.resolve("out")));
    assertEquals(
        List.of(),
        cas.audit().stream()
            .filter(line -> line.path("event").asText().equals("attested"))
            .toList());
  }

  @Test
  void aGuestThatWasLaunchedWithTheInitdataGetsItsSecret() throws Exception {
    var ended = run(launchWithInitdata());
    assertEquals(0, ended.exit(), ended.all() + cas.audit());
    assertEquals("tell-nobody\n", Files.readString(folder.resolve("out")));
  }

  @Test
  void initdataThatWasChangedAfterItWasSignedGivesNoSecret() throws Exception {
    var signed = launchWithInitdata();
    var data = new TreeMap<>(signed.data());
    data.put("policy.rego", "package agent_policy\ndefault ExecProcessRequest := true\n");
    var changed = Initdata.of(InitdataAlgorithm.SHA384, data);
    refusesTheGuest(
        run(changed),
        "the initdata of --initdata has the digest %s, and this VM was launched with %s (MRCONFIGID)"
            .formatted(changed.digest().hex(), signed.digest().hex()));
  }

  @Test
  void aDigestThatWasFilledToFitGivesNoSecret() throws Exception {
    var shorter = initdata(InitdataAlgorithm.SHA256);
    launchWith(shorter.hostData().hex() + "00".repeat(16));
    refusesTheGuest(
        run(shorter),
        "--initdata: the initdata says sha256, but MRCONFIGID of TDX holds a digest of sha384");
  }

  @Test
  void anotherImageThanTheInitdataNamesGetsNoSecret() throws Exception {
    var signed = launchWithInitdata();
    Files.writeString(image.resolve("root/app/greeting"), "hullo");
    refusesTheGuest(
        run(signed),
        "this VM was launched for the image %s, and the image here is %s"
            .formatted(
                LaunchedService.in(signed).image(),
                SoftwareMeasurement.of(LIB, image).measurement()));
  }

  /// Checks that the agent names the part that differs, and never asks CAS.
  private void refusesTheGuest(Command ended, String reason) throws IOException {
    assertEquals(REFUSED, ended.exit(), ended.all());
    new Output(ended.err())
        .hasLine(
            "testudo agent: domain/program: refused: %s; nothing is started".formatted(reason));
    assertFalse(Files.exists(folder.resolve("out")));
    assertEquals(
        List.of(),
        cas.audit().stream()
            .map(line -> line.path("event").asText())
            .filter(event -> event.equals("attested") || event.equals("refused"))
            .toList());
  }
}
