package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A CAS in a process of its own, and somebody who may register sessions with it.
final class RunningCas implements AutoCloseable {
  private final Process process;
  private final Path state;
  private final CasAddress address;
  private final KeyHash key;
  private final Identity owner = Identity.ephemeral("owner.testudo.internal");
  private final CasClient client;

  private RunningCas(Process process, Path state, CasAddress address, KeyHash key) {
    this.state = state;
    this.process = process;
    this.address = address;
    this.key = key;
    this.client = new CasClient(address, key, owner);
  }

  static RunningCas start(Path state) throws IOException {
    return start(state, 0);
  }

  /// Starts a CAS at a port of loopback; at a free one if it is 0.
  static RunningCas start(Path state, int port) throws IOException {
    return start(state, port, List.of());
  }

  /// As above, with further options.
  static RunningCas start(Path state, int port, List<String> options) throws IOException {
    var log = state.resolveSibling("cas.log");
    var words =
        new ArrayList<>(
            List.of(
                Command.LAUNCHER.toString(),
                "cas",
                "serve",
                "--state",
                state.toString(),
                "--listen",
                "127.0.0.1:" + port,
                "--first-come",
                "--exit-with-stdin"));
    words.addAll(options);
    var process = new ProcessBuilder(words).redirectError(log.toFile()).start();
    var line = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (line == null) {
      throw new AssertionError("CAS did not start:\n" + Files.readString(log));
    }
    var announced = new ObjectMapper().readTree(line);
    return new RunningCas(
        process,
        state,
        CasAddress.parse(announced.path("listening").asText()).orElseThrow(),
        KeyHash.parse(announced.path("key_hash").asText()).orElseThrow());
  }

  CasAddress address() {
    return address;
  }

  KeyHash key() {
    return key;
  }

  /// Returns the command of an agent that attests to it.
  ///
  /// @param options further options of `agent run`
  List<String> agent(String service, Path image, String... options) {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "agent", "run"));
    words.addAll(List.of("--cas", address.toString(), "--cas-key", key.text()));
    words.addAll(List.of("--service", service, "--image", image.toString()));
    words.addAll(List.of(options));
    return words;
  }

  int port() {
    return Integer.parseInt(address.toString().replaceFirst(".*:", ""));
  }

  /// The most memory it has had so far, in bytes (`VmHWM` of proc_pid_status(5)).
  long mostMemory() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/%d/status".formatted(process.pid())))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IOException("no VmHWM");
  }

  /// How many descriptors it has.
  int descriptors() {
    try (var all = Files.list(Path.of("/proc/%d/fd".formatted(process.pid())))) {
      return (int) all.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The text of a session, asked for on a connection of its own.
  String read(String session) throws IOException {
    try (var asking = new CasClient(address, key, owner)) {
      return asking.readSession(session).yaml();
    }
  }

  /// The value of a public secret.
  String publicValue(String session, String secret) throws IOException {
    return client.publicValue(session, secret);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /// Ends it as a failure of the machine does.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void register(String session) throws IOException {
    client.createSession(session);
  }

  /// Registers a session, or replaces it.
  void apply(String name, String session) throws IOException {
    client.applySession(name, session);
  }

  /// A new join token for a service.
  String token(String service, int uses) throws IOException {
    var order = new JoinTokenOrder(uses, Duration.ofHours(1));
    try (var token = client.createJoinToken(ServiceId.parse(service).orElseThrow(), order)) {
      return token.value().reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    }
  }

  /// What CAS tells the sessions' owner about the refusal that `said` names.
  RefusalReport why(String said) throws IOException {
    var request = Pattern.compile("`testudo cas why ([0-9a-f]{16})`").matcher(said);
    if (!request.find()) {
      throw new AssertionError("no request is named:\n" + said);
    }
    return client.why(request.group(1));
  }

  /// Its audit log, line by line (docs/formats/audit-log.md).
  List<JsonNode> audit() throws IOException {
    var lines = new ArrayList<JsonNode>();
    for (var line : Files.readAllLines(state.resolve("audit.jsonl"))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  /// Fails unless the last thing that it noted is this refusal.
  ///
  /// @param reason the refusal's id
  void hasRefused(String action, String subject, String reason) throws IOException {
    var last = audit().getLast();
    assertEquals(
        List.of("refused", action, subject, reason),
        Stream.of("event", "action", "subject", "reason").map(m -> last.path(m).asText()).toList(),
        last::toString);
  }

  @Override
  public void close() throws IOException {
    client.close();
    process.getOutputStream().close();
    try {
      if (Patience.outlasts(process)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
