package dev.testudo.cas;

import dev.testudo.cas.quota.Quotas;
import dev.testudo.cas.store.database.Dialect;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import dev.testudo.cas.volume.Leases;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.software.CombinedMeasurement;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// A CAS on a loopback port, and its callers.
final class TestCas implements AutoCloseable {
  static final Measurement GOOD_IMAGE = new Measurement("ab".repeat(32));
  static final Measurement BAD_IMAGE = new Measurement("cd".repeat(32));
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  private static final Measurement MACHINE = new Measurement("ef".repeat(32));

  /// The measurements that sessions require for the two images.
  static final Measurement GOOD = CombinedMeasurement.of(GOOD_IMAGE, MACHINE);
  static final Measurement BAD = CombinedMeasurement.of(BAD_IMAGE, MACHINE);

  /// The attestation rule of every session under test.
  static final String TOLERANT =
      """
      security:
        attestation:
          tolerate: [software-evidence]
        service_access_token: known-to-every-test
      """;

  /// The token of all those sessions.
  static final String TOKEN = "known-to-every-test";

  private static final String JOINING =
      "[{mrenclave: %s, join_token: required}]".formatted(GOOD.hex());

  final TestClock clock = new TestClock();
  final Identity owner = Identity.ephemeral("owner.example");
  private final ServerOptions.State state;
  private final ServerOptions.RootNamespace root;
  private final Quotas quotas;
  private final Dialect dialect;
  private final Optional<ServerOptions.Console> console;
  private CasServer server;

  TestCas(Path state) throws IOException {
    this(state, ServerOptions.RootNamespace.FIRST_COME);
  }

  /// Starts a CAS whose root namespace belongs to owners.
  TestCas(Path state, ServerOptions.RootNamespace root) throws IOException {
    this(state, root, Quotas.USUAL);
  }

  /// Starts a CAS with other quotas.
  TestCas(Path state, ServerOptions.RootNamespace root, Quotas quotas) throws IOException {
    this(state, root, quotas, SqliteDatabase::open);
  }

  /// Starts a CAS on another database.
  TestCas(Path state, Dialect dialect) throws IOException {
    this(state, ServerOptions.RootNamespace.FIRST_COME, Quotas.USUAL, dialect);
  }

  /// Starts a CAS whose state is not in one directory.
  TestCas(ServerOptions.State state) throws IOException {
    this(state, Quotas.USUAL);
  }

  /// As above, with other quotas.
  TestCas(ServerOptions.State state, Quotas quotas) throws IOException {
    this(state, ServerOptions.RootNamespace.FIRST_COME, quotas, StateParts.dialect(state));
  }

  private TestCas(Path state, ServerOptions.RootNamespace root, Quotas quotas, Dialect dialect)
      throws IOException {
    this(new ServerOptions.State(state), root, quotas, dialect);
  }

  /// Starts a CAS that has a console.
  ///
  /// @param clients who may see it, by client certificate
  static TestCas withConsole(Path state, Set<KeyHash> clients) throws IOException {
    return new TestCas(
        new ServerOptions.State(state),
        ServerOptions.RootNamespace.FIRST_COME,
        Quotas.USUAL,
        SqliteDatabase::open,
        Optional.of(new ServerOptions.Console(ANY_PORT, clients)));
  }

  private TestCas(
      ServerOptions.State state, ServerOptions.RootNamespace root, Quotas quotas, Dialect dialect)
      throws IOException {
    this(state, root, quotas, dialect, Optional.empty());
  }

  private TestCas(
      ServerOptions.State state,
      ServerOptions.RootNamespace root,
      Quotas quotas,
      Dialect dialect,
      Optional<ServerOptions.Console> console)
      throws IOException {
    this.console = console;
    this.state = state;
    this.root = root;
    this.quotas = quotas;
    this.dialect = dialect;
    this.server = start();
  }

  private CasServer start() throws IOException {
    return CasServer.start(
        new ServerOptions(
            state,
            ANY_PORT,
            clock,
            new SecureRandom(),
            ServerOptions.Log.USUAL,
            root,
            quotas,
            Leases.USUAL,
            ServerOptions.Hardware.USUAL,
            console),
        dialect);
  }

  void restart() throws IOException {
    restart(() -> {});
  }

  /// An operation on the state of a CAS that does not run.
  @FunctionalInterface
  interface Meanwhile {
    void happens() throws IOException;
  }

  void restart(Meanwhile meanwhile) throws IOException {
    server.close();
    meanwhile.happens();
    server = start();
  }

  CasAddress address() {
    return new CasAddress("127.0.0.1", server.address().getPort());
  }

  CasServer server() {
    return server;
  }

  CasClient client(Identity who) {
    return new CasClient(address(), server.keyHash(), who);
  }

  String create(String yaml) throws IOException {
    try (var client = client(owner)) {
      return client.createSession(yaml);
    }
  }

  String update(String name, String yaml) throws IOException {
    try (var client = client(owner)) {
      return client.updateSession(name, yaml);
    }
  }

  String publicValue(String session, String secret) throws IOException {
    try (var client = client(Identity.ephemeral("stranger"))) {
      return client.publicValue(session, secret);
    }
  }

  Configuration fetch(String service) throws IOException {
    return fetch(
        service, report -> evidence(GOOD_IMAGE, report), Optional.of(Secret.ofText(TOKEN)));
  }

  Configuration fetch(
      String service, Function<ReportData, Evidence> evidence, Optional<Secret> token)
      throws IOException {
    return fetch(AttestedChannel.instance(), service, evidence, token);
  }

  Configuration fetch(
      Identity instance,
      String service,
      Function<ReportData, Evidence> evidence,
      Optional<Secret> token)
      throws IOException {
    return AttestedChannel.fetch(
        address(), server.keyHash(), instance, service, (data, _) -> evidence.apply(data), token);
  }

  /// Returns the environment variable `V` of service `name/s`, in a session made by [#showing].
  String shown(String name) throws IOException {
    return String.valueOf(fetch(name + "/s").environment().get("V"));
  }

  /// Returns a session whose service `s` has `template` in its environment
  /// variable `V` and in a file.
  static String showing(String name, String template, String rest) {
    return """
    name: %s
    version: "0.3.10"
    services:
      - name: s
        command: prog
        image_name: i
        environment:
          V: "%s"
        attestation: [{mrenclave: %s}]
    images:
      - name: i
        injection_files:
          - path: /f
            content: "%s"
    %s%s
    """
        .formatted(name, template, GOOD.hex(), template, rest, TOLERANT);
  }

  /// Returns a session like [#showing] does, for a service that must present a join token.
  static String joining(String name, String template, String rest) {
    return showing(name, template, rest)
        .replace("  service_access_token: %s\n".formatted(TOKEN), "")
        .replace("[{mrenclave: %s}]".formatted(GOOD.hex()), JOINING);
  }

  static String text(Configuration configuration) {
    var content = configuration.files().getFirst().content();
    return content.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /// Returns software evidence of `image` on the machine of these tests.
  static Evidence evidence(Measurement image, ReportData report) {
    return new Evidence.Software(image, MACHINE, report);
  }
}
