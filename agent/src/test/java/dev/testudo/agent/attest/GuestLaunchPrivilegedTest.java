package dev.testudo.agent.attest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.source.Devices;
import dev.testudo.agent.attest.source.FakeTsm;
import dev.testudo.agent.attest.source.OnTsm;
import dev.testudo.agent.attest.source.SourceName;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.vm.MeasurementHash;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAlgorithm;
import dev.testudo.vm.initdata.InitdataAnnotation;
import dev.testudo.vm.initdata.LaunchedService;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An agent in an imitated guest of Kata Containers: the kernel's interface for reports with its
/// rules, the folder of Kata's agent, and files that are taken for block devices.
@Timeout(60)
class GuestLaunchPrivilegedTest {
  private static final String KEY = "1".repeat(32);
  private static final AskedService ASKED = new AskedService(new KeyHash(KEY), "shop/api/gunicorn");
  private static final Measurement IMAGE = new Measurement("3c".repeat(32));
  private static final LaunchedService LAUNCHED =
      new LaunchedService(
          new KeyHash(KEY), ServiceId.parse("shop/api/gunicorn").orElseThrow(), IMAGE);

  @TempDir private Path folder;
  private Path dev = Path.of("");
  private Path file = Path.of("");
  private int measured;

  /// A driver whose reports have a value of whoever launched the guest.
  private record Driver(InitdataAlgorithm platform, Octets launchedWith)
      implements FakeTsm.Provider {
    @Override
    public String name() {
      return platform == InitdataAlgorithm.SHA256 ? "sev_guest" : "tdx_guest";
    }

    @Override
    public Optional<Integer> floor() {
      return platform == InitdataAlgorithm.SHA256 ? Optional.of(0) : Optional.empty();
    }

    @Override
    public FakeTsm.Made make(byte[] data, int level) {
      var isSnp = platform == InitdataAlgorithm.SHA256;
      var report = ByteBuffer.allocate(isSnp ? 1184 : 5006).order(ByteOrder.LITTLE_ENDIAN);
      if (isSnp) {
        report.putInt(0, 3).put(0x0c0, launchedWith.toBytes());
      } else {
        report.putShort(0, (short) 4).putShort(2, (short) 2).putInt(4, 0x81);
        report.put(48 + 184, launchedWith.toBytes());
      }
      return new FakeTsm.Made(report.array(), new byte[0]);
    }
  }

  @BeforeEach
  void makeFolders() throws IOException {
    dev = Files.createDirectory(folder.resolve("dev"));
    file = folder.resolve("initdata.toml");
  }

  private static Initdata initdata(InitdataAlgorithm algorithm, LaunchedService service)
      throws IOException {
    return Initdata.of(
        algorithm, Map.of("policy.rego", "package x\n", LaunchedService.NAME, service.write()));
  }

  private void start(Driver driver, Optional<String> annotation) throws Exception {
    OnTsm.atItsPlace(
        new FakeTsm(driver),
        reports -> {
          var none = folder.resolve("none");
          var devices =
              new Devices(
                  reports,
                  none,
                  none,
                  new Devices.Tpm(none, none),
                  new Devices.Azure(none, URI.create("http://127.0.0.1:1")),
                  new Devices.Sysfs(none, none));
          var search = new InitdataSearch(annotation, file, dev, Files::isRegularFile);
          EvidenceSources.find(
              options(),
              ASKED,
              new Measurements(
                  () -> new Measurement("00".repeat(32)),
                  () -> {
                    measured++;
                    return IMAGE;
                  }),
              new EvidenceSources.Places(devices, search),
              _ -> {},
              () -> {
                throw new AssertionError("software evidence");
              });
        });
  }

  private static EvidenceOptions options() {
    return new EvidenceOptions(
        Optional.of(SourceName.CONFIGFS_TSM),
        OptionalInt.empty(),
        LaunchedFor.INITDATA,
        false,
        Optional.empty());
  }

  private String refusal(Driver driver, Initdata given) throws Exception {
    Files.write(file, given.document().toBytes());
    return refusal(driver);
  }

  private String refusal(Driver driver) {
    var refused = assertThrows(AgentFailure.class, () -> start(driver, Optional.empty()));
    assertEquals(AgentFailure.Kind.REFUSED, refused.kind());
    return refused.line().replace(folder.toString(), "FOLDER");
  }

  @Test
  void aGuestStartsWhatItWasLaunchedFor() throws Exception {
    for (var platform : InitdataAlgorithm.values()) {
      var initdata = initdata(platform, LAUNCHED);
      var driver = new Driver(platform, initdata.digest());
      start(driver, Optional.of(InitdataAnnotation.encode(initdata)));
      Files.write(file, initdata.document().toBytes());
      start(driver, Optional.empty());
      Files.delete(file);
      device("vdb", initdata);
      Files.write(dev.resolve("vda"), new byte[512]);
      Files.write(dev.resolve("null"), "initdata".getBytes(US_ASCII));
      start(driver, Optional.empty());
    }
    assertEquals(2 * 3, measured);
  }

  private void device(String name, Initdata initdata) throws IOException {
    var gzip = Octets.ofBase64(InitdataAnnotation.encode(initdata)).toBytes();
    var bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("initdata".getBytes(US_ASCII)).putLong(gzip.length).put(gzip);
    Files.write(dev.resolve(name), bytes.array());
  }

  @Test
  void initdataThatWasChangedAfterTheLaunchIsRefusedBeforeTheImageIsLookedAt() throws Exception {
    var signed = initdata(InitdataAlgorithm.SHA256, LAUNCHED);
    var text = new String(signed.document().toBytes(), StandardCharsets.UTF_8);
    var changed =
        Initdata.read(
            Octets.of(text.replace("package x", "package y").getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        "refused: the initdata of FOLDER/initdata.toml has the digest %s, and this VM was launched with %s (HOST_DATA); nothing is started"
            .formatted(changed.digest().hex(), signed.digest().hex()),
        refusal(new Driver(InitdataAlgorithm.SHA256, signed.digest()), changed));
    assertEquals(0, measured);
  }

  @Test
  void aDigestThatWasCutOrFilledToFitIsRefused() throws Exception {
    var tdx = initdata(InitdataAlgorithm.SHA384, LAUNCHED);
    assertEquals(
        "refused: FOLDER/initdata.toml: the initdata says sha384, but HOST_DATA of SEV-SNP holds a digest of sha256; nothing is started",
        refusal(new Driver(InitdataAlgorithm.SHA256, tdx.digest().slice(0, 32)), tdx));
    var snp = initdata(InitdataAlgorithm.SHA256, LAUNCHED);
    var filled = Octets.ofHex(snp.digest().hex() + "00".repeat(16));
    assertEquals(
        "refused: FOLDER/initdata.toml: the initdata says sha256, but MRCONFIGID of TDX holds a digest of sha384; nothing is started",
        refusal(new Driver(InitdataAlgorithm.SHA384, filled), snp));
    var ofOther = MeasurementHash.SHA256.of(tdx.document());
    refusal(new Driver(InitdataAlgorithm.SHA256, ofOther), tdx);
    assertEquals(0, measured);
  }

  @Test
  void anotherCasServiceOrImageIsRefusedByItsName() throws Exception {
    var otherKey = "1".repeat(31) + "2";
    assertEquals(
        "refused: this VM was launched for the key of CAS %s, and the key of CAS here is %s; nothing is started"
            .formatted(otherKey, KEY),
        launchedFor(new LaunchedService(new KeyHash(otherKey), LAUNCHED.service(), IMAGE)));
    assertEquals(
        "refused: this VM was launched for the service shop/db/redis, and the service here is shop/api/gunicorn; nothing is started",
        launchedFor(
            new LaunchedService(
                LAUNCHED.cas(), ServiceId.parse("shop/db/redis").orElseThrow(), IMAGE)));
    assertEquals(0, measured);
    var otherImage = new Measurement("4d".repeat(32));
    assertEquals(
        "refused: this VM was launched for the image %s, and the image here is %s; nothing is started"
            .formatted(otherImage, IMAGE),
        launchedFor(new LaunchedService(LAUNCHED.cas(), LAUNCHED.service(), otherImage)));
  }

  private String launchedFor(LaunchedService service) throws Exception {
    var initdata = initdata(InitdataAlgorithm.SHA256, service);
    return refusal(new Driver(InitdataAlgorithm.SHA256, initdata.digest()), initdata);
  }

  @Test
  void withoutInitdataNothingStarts() throws Exception {
    var zero = new Driver(InitdataAlgorithm.SHA256, Octets.ofHex("00".repeat(32)));
    assertEquals(
        "refused: there is no initdata: neither `--initdata`, nor FOLDER/initdata.toml, nor a block device that begins with the word; nothing is started",
        refusal(zero));
    assertEquals(
        "refused: this VM was launched without initdata (HOST_DATA is zero); nothing is started",
        refusal(zero, initdata(InitdataAlgorithm.SHA256, LAUNCHED)));
    var foreign = Initdata.of(InitdataAlgorithm.SHA256, Map.of("policy.rego", ""));
    assertEquals(
        "refused: FOLDER/initdata.toml: the initdata has no testudo.toml; nothing is started",
        refusal(new Driver(InitdataAlgorithm.SHA256, foreign.digest()), foreign));
  }

  @Test
  void whatIsNoInitdataOrTooLongIsRefused() throws Exception {
    var zero = new Driver(InitdataAlgorithm.SHA256, Octets.ofHex("00".repeat(32)));
    Files.write(file, new byte[Initdata.MOST_BYTES + 1]);
    refusal(zero);
    Files.writeString(file, "version = \"0.1.0\"\n");
    refusal(zero);
    Files.delete(file);
    var header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    header.put("initdata".getBytes(US_ASCII)).putLong(Long.MAX_VALUE);
    Files.write(dev.resolve("sda"), header.array());
    refusal(zero);
    Files.write(dev.resolve("sda"), header.putLong(8, 100).array());
    refusal(zero);
    var refused = assertThrows(AgentFailure.class, () -> start(zero, Optional.of("no base64!")));
    assertEquals(AgentFailure.Kind.REFUSED, refused.kind());
    assertEquals(0, measured);
  }
}
