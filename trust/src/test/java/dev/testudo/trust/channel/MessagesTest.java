package dev.testudo.trust.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.VolumeTerms;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import dev.testudo.trust.status.Direction;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessagesTest {
  private static final VolumeTerms TERMS =
      new VolumeTerms(
          new VolumeTerms.TagSync.Bounded(Duration.ofSeconds(5)),
          Optional.of(1L << 30),
          VolumeTerms.Integrity.HASH,
          VolumeTerms.Takeover.REFUSE,
          Optional.empty());
  private static final Measurement MEASUREMENT = new Measurement("ab".repeat(32));
  private static final Configuration CONFIGURATION =
      new Configuration(
          new ProgramStart(
              List.of("redis-server", "--requirepass", "hunter2"),
              Map.of("PASSWORD", "hunter2"),
              Optional.of("/data")),
          List.of(new InjectedFile("/etc/x", Secret.copyOf(new byte[] {0, (byte) 0xff}), 0400)),
          new FileTemplates(
              List.of(new FileTemplates.Template("/etc/y", 0440)),
              "12".repeat(32),
              Map.of("p", Map.of("default", Secret.ofText("hunter2")))),
          new ProtectedFiles(
              List.of(
                  new VolumeAccess(
                      new VolumeRef(new SessionName("mesh/db"), "data"),
                      "/data",
                      Volume.Files.ENCRYPTED,
                      UpdatePolicy.ROLLBACK_PROTECTED,
                      TERMS,
                      new FileProtection(
                          Secret.copyOf(new byte[32]), Optional.of("0a".repeat(16))))),
              Optional.of(
                  new RegionAccess(
                      "/fspf.pb",
                      "no_rollback_protection",
                      new FileProtection(Secret.copyOf(new byte[32]), Optional.empty()))),
              Optional.of("1-ticket")),
          new Configuration.Origin(
              "mesh/redis",
              "cd".repeat(32),
              false,
              Optional.of(new Renewal("ticket", Duration.ofSeconds(100), Duration.ofSeconds(150)))),
          new HostInputs(Map.of(2, 1), List.of("TERM")));
  private static final AttestationRequest REQUEST =
      new AttestationRequest(
          "mesh/redis/redis-server",
          "ef".repeat(32),
          new Evidence.Software(
              MEASUREMENT, new Measurement("cd".repeat(32)), new ReportData("01".repeat(64))),
          Optional.of(Secret.ofText("hunter2")),
          Optional.of("ticket"));

  @Test
  void aConfigurationArrivesAsItWasSent() throws MessageException {
    var read = Configuration.decode(CONFIGURATION.encode());
    assertEquals(CONFIGURATION.arguments(), read.arguments());
    assertEquals(CONFIGURATION.environment(), read.environment());
    assertEquals(CONFIGURATION.start(), read.start());
    assertEquals(CONFIGURATION.origin(), read.origin());
    assertEquals(CONFIGURATION.templates().files(), read.templates().files());
    assertEquals("12".repeat(32), read.templates().softwareIdentity());
    assertTrue(
        read.templates()
            .values()
            .getOrDefault("p", Map.of())
            .getOrDefault("default", Secret.ofText(""))
            .matches(Secret.ofText("hunter2")));
    var volume = read.protectedFiles().volumes().getFirst();
    assertEquals("/data", volume.path());
    assertEquals("mesh/db:data", volume.volume().toString());
    assertEquals(TERMS, volume.terms());
    assertEquals(Optional.of("1-ticket"), read.protectedFiles().ticket());
    assertEquals(Optional.of("0a".repeat(16)), volume.key().tag());
    assertEquals("/fspf.pb", read.protectedFiles().region().orElseThrow().path());
    assertEquals(CONFIGURATION.host(), read.host());
    var file = read.files().getFirst();
    assertEquals(0400, file.mode());
    assertArrayEquals(new byte[] {0, (byte) 0xff}, file.content().reveal(byte[]::clone));
    assertArrayEquals(CONFIGURATION.encode(), read.encode());
  }

  @Test
  void aRequestArrivesAsItWasSent() throws MessageException {
    var read = AttestationRequest.decode(REQUEST.encode());
    assertEquals(REQUEST.service(), read.service());
    assertEquals(REQUEST.evidence(), read.evidence());
    assertEquals(REQUEST.renewal(), read.renewal());
    assertTrue(REQUEST.token().orElseThrow().matches(read.token().orElseThrow()));
  }

  @Test
  void messagesDoNotPrintWhatTheyHold() {
    assertFalse(CONFIGURATION.toString().contains("hunter2"));
    assertFalse(CONFIGURATION.protectedFiles().toString().contains("1-ticket"));
    assertFalse(REQUEST.toString().contains("hunter2"));
    assertFalse(new SessionReply("value: hunter2", "x", "y").toString().contains("hunter2"));
  }

  @Test
  void refusesConfigurationsThatCannotBeStarted() {
    var good = new String(CONFIGURATION.encode(), StandardCharsets.UTF_8);
    for (var bad :
        List.of(
            good.replace("redis-server", "redis\\u0000server"),
            good.replace("\"PASSWORD\"", "\"PASS=WORD\""),
            good.replace("\"PASSWORD\"", "\"\""),
            good.replace("/etc/x", "etc/x"),
            good.replace("\"mode\":256", "\"mode\":2304"),
            good.replace("\"AP8=\"", "\"AP8\"" + "\"\""),
            good.replace("\"AP8=\"", "\"A!8=\""),
            good.replace("\"path\":\"/data\"", "\"path\":\"data\""),
            good.replace("\"/etc/y\"", "\"etc/y\""),
            good.replace("\"mode\":288", "\"mode\":2880"),
            good.replace("{\"p\":{", "{\"q\":1,\"p\":{"),
            good.replace("\"default\":\"", "\"default\":\"!"),
            good.replace("0a".repeat(16), "0a".repeat(15)),
            good.replace("AAAAAAA=\"", "AAA=\""),
            good.replace("\"main_region\"", "\"mainregion\""),
            good.replace(",\"volumes\":[", ",\"volumes\":[1,"),
            good.replace("\"due\":100", "\"due\":-1"),
            good.replace("\"hardware_attested\":false", "\"hardware_attested\":\"no\""),
            good.replace("{\"session\"", "{\"extra\":1,\"session\""))) {
      assertFalse(bad.equals(good));
      assertThrows(
          MessageException.class,
          () -> Configuration.decode(bad.getBytes(StandardCharsets.UTF_8)),
          bad);
    }
  }

  @Test
  void refusesEvidenceItDoesNotKnow() {
    var good = new String(REQUEST.encode(), StandardCharsets.UTF_8);
    for (var bad :
        List.of(
            good.replace("\"software\"", "\"trust-me\""),
            good.replace("ab".repeat(32), "AB".repeat(32)),
            good.replace("ab".repeat(32), "ab".repeat(31)),
            good.replace("\"report_data\"", "\"reportdata\""))) {
      assertFalse(bad.equals(good));
      assertThrows(
          MessageException.class,
          () -> AttestationRequest.decode(bad.getBytes(StandardCharsets.UTF_8)),
          bad);
    }
  }

  @Test
  void damagedMessagesAreErrorsAndNothingElse() {
    var seed = Long.getLong("seed", 11);
    var random = new Random(seed);
    for (var i = 0; i < 4000; i++) {
      var configuration = damaged(CONFIGURATION.encode(), random);
      var request = damaged(REQUEST.encode(), random);
      try {
        Configuration.decode(configuration);
        AttestationRequest.decode(request);
      } catch (MessageException e) {
        assertFalse(e.toString().contains("hunter2"), "seed " + seed);
      }
    }
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    for (var n = random.nextInt(3); n >= 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  @Test
  void aProblemArrivesAsItWasSent() throws MessageException {
    var problem = new Problem("not-permitted", "no", List.of("line 1\nline 2"), "abc");
    assertEquals(problem, Problem.decode(problem.encode()));
    assertEquals("no\nline 1\nline 2", problem.text());
  }

  private static final SecuredConnection INBOUND_CONNECTION =
      new SecuredConnection(
          1, Direction.INBOUND, "SERVER_1", "127.0.0.2:40000", Optional.of("flask"));

  static Stream<AgentEvent> events() {
    return Stream.of(
        new AgentEvent.Attested("software", MEASUREMENT),
        new AgentEvent.Started(4711, "/usr/bin/python3"),
        new AgentEvent.Listening("SERVER_1", "127.0.0.1:80", "protected"),
        new AgentEvent.Opened(INBOUND_CONNECTION),
        new AgentEvent.Opened(
            new SecuredConnection(2, Direction.OUTBOUND, "", "10.0.0.1:1", Optional.empty())),
        new AgentEvent.Closed(INBOUND_CONNECTION, new Traffic(1, 1L << 40), 12, "peer closed"),
        new AgentEvent.Refused("connect", "redis:6379", "", "no rule\nallows it \"here\""),
        new AgentEvent.Renewed(List.of("identity of rule SERVER_1", "file /tls/cert.pem")),
        new AgentEvent.Renewed(List.of()),
        new AgentEvent.NotRenewed("CAS is busy", Optional.empty(), 0),
        new AgentEvent.NotRenewed("refused", Optional.of("0123456789abcdef"), 3600),
        new AgentEvent.Exited(143),
        new AgentEvent.Failed("CAS refused"),
        new AgentEvent.Failed("CAS refused", Optional.of("0123456789abcdef")));
  }

  @ParameterizedTest
  @MethodSource("events")
  void anEventIsOneLineAndArrivesAsItWasSent(AgentEvent event) throws MessageException {
    var line = new AgentEvents.Line(Instant.parse("2026-01-02T03:04:05.678901Z"), "m/s/p", event);
    var text = AgentEvents.write(line);
    assertFalse(text.contains("\n"));
    assertEquals(line, AgentEvents.parse(text));
  }

  @Test
  void refusesEventsItDoesNotKnow() {
    var good =
        AgentEvents.write(new AgentEvents.Line(Instant.EPOCH, "s", new AgentEvent.Exited(0)));
    for (var bad :
        List.of(
            good.replace("exited", "exploded"),
            good.replace("\"code\":0", "\"code\":256"),
            good.replace("\"code\":0", "\"code\":-1"),
            good.replace("\"code\":0", "\"code\":0,\"x\":1"),
            good.replace("1970", "x"),
            good + good)) {
      assertThrows(MessageException.class, () -> AgentEvents.parse(bad), bad);
    }
  }

  @Test
  void readsAddresses() {
    assertEquals(Optional.of(new CasAddress("cas", 8081)), CasAddress.parse("cas"));
    assertEquals(Optional.of(new CasAddress("127.0.0.1", 1)), CasAddress.parse("127.0.0.1:1"));
    assertEquals(Optional.of(new CasAddress("::1", 99)), CasAddress.parse("[::1]:99"));
    assertEquals("[::1]:99", new CasAddress("::1", 99).toString());
    for (var bad :
        List.of(
            "",
            ":1",
            "a:",
            "a:0",
            "a:65536",
            "a:1x",
            "a b:1",
            "http://a",
            "[::1",
            "a/b:1",
            "a:1:2")) {
      assertTrue(CasAddress.parse(bad).isEmpty(), bad);
    }
  }

  @Test
  void fillsInThePredecessorAndNothingElse() {
    var yaml =
        "# mine\n---\nname: a\nversion: 0.3  # x\nsecrets:\n  - name: b\n    value: |\n      predecessor: no\n";
    var with = PredecessorLine.withPredecessor(yaml, "ab");
    assertEquals(yaml.replace("name: a\n", "predecessor: ab\nname: a\n"), with);
    assertEquals(yaml, PredecessorLine.withoutPredecessor(with));
    assertEquals(
        with, PredecessorLine.withPredecessor(PredecessorLine.withPredecessor(yaml, "cd"), "ab"));
    assertEquals(
        "predecessor: ab\nname: a",
        PredecessorLine.withPredecessor("name: a\npredecessor: ~", "ab").strip());
  }
}
