package dev.testudo.shield.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.shield.AddressMatch;
import dev.testudo.policy.shield.ClientRule;
import dev.testudo.policy.shield.ClientTreatment;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.Destination;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.PeerAuth;
import dev.testudo.policy.shield.RuleName;
import dev.testudo.policy.shield.ServerRule;
import dev.testudo.policy.shield.ServerTreatment;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldValue;
import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.policy.shield.UnsupportedProtocols;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.tls.TestAuthority;
import dev.testudo.trust.pki.CertificateProfile.EndEntity;
import dev.testudo.trust.pki.KeyAlgorithm;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Decisions from rules, and mistakes in keys and certificates.
final class ShieldPolicyTest {
  private static final InetAddress TEN = InetAddress.ofLiteral("10.0.0.10");
  private static final InetAddress ELEVEN = InetAddress.ofLiteral("10.0.0.11");
  private static final HostAddresses NAMES =
      host -> Map.of("a", Set.of(TEN), "b", Set.of(TEN, ELEVEN)).getOrDefault(host, Set.of());

  private final TestAuthority authority = new TestAuthority("authority");
  private final TestAuthority other = new TestAuthority("other");

  @Test
  void theMostSpecificRuleWins() {
    var policy =
        valid(
            rules(
                DefaultMode.PROTECTED,
                client("any", "x", new AddressMatch.Any(), new ClientTreatment.Unprotected()),
                client("name", "a", new AddressMatch.Resolve(), new ClientTreatment.Refuse()),
                client(
                    "exact",
                    "x",
                    new AddressMatch.Exactly(ELEVEN),
                    new ClientTreatment.Unprotected())));
    assertEquals("any", policy.connect(InetAddress.ofLiteral("10.9.9.9"), 80).rule());
    assertEquals("name", policy.connect(TEN, 80).rule());
    assertEquals("exact", policy.connect(ELEVEN, 80).rule());
    assertInstanceOf(Verdict.Refused.class, policy.connect(TEN, 81));
  }

  @Test
  void aMappedAddressIsItsIpv4AddressAndTheUnspecifiedOneIsLoopback() {
    var loopback = InetAddress.ofLiteral("127.0.0.1");
    var policy =
        valid(
            rules(
                DefaultMode.PROTECTED,
                client(
                    "ten", "x", new AddressMatch.Exactly(TEN), new ClientTreatment.Unprotected()),
                client(
                    "lo", "x", new AddressMatch.Exactly(loopback), new ClientTreatment.Refuse())));
    assertEquals("ten", policy.connect(InetAddress.ofLiteral("::ffff:10.0.0.10"), 80).rule());
    assertEquals("lo", policy.connect(InetAddress.ofLiteral("0.0.0.0"), 80).rule());
    assertEquals("", policy.connect(InetAddress.ofLiteral("::"), 80).rule());
  }

  @Test
  void namesThatShareAnAddressAreRefusedTogether() {
    var policy =
        valid(
            rules(
                DefaultMode.UNPROTECTED,
                client("one", "a", new AddressMatch.Resolve(), new ClientTreatment.Unprotected()),
                client("two", "b", new AddressMatch.Resolve(), new ClientTreatment.Unprotected())));
    var refused = assertInstanceOf(Verdict.Refused.class, policy.connect(TEN, 80));
    assertEquals(
        "rules one and two are for hosts that share the address " + TEN.getHostAddress(),
        refused.reason());
    assertEquals("two", policy.connect(ELEVEN, 80).rule());
  }

  @Test
  void rulesForTheSamePlaceAreErrorsThatNameBoth() {
    var problems =
        problems(
            rules(
                DefaultMode.PROTECTED,
                client("CLIENT_1", "a", new AddressMatch.Any(), new ClientTreatment.Refuse()),
                client(
                    "CLIENT_2", "b", new AddressMatch.Any(), new ClientTreatment.Unprotected())));
    assertEquals(DiagnosticId.OVERLAPPING_RULES, problems.getFirst().id());
    assertEquals(
        "rules `CLIENT_1` and `CLIENT_2` match the same connections",
        problems.getFirst().message());
    assertEquals(
        "env:SCONE_NETWORK_SHIELD_CLIENT_2_DESTINATION:1:1", problems.getFirst().span().place());
  }

  @Test
  void aServerRuleMatchesItsPortOnly() {
    var policy = valid(servers(server("SERVER_1", 80, new ServerTreatment.Refuse())));
    assertEquals("SERVER_1", policy.listen(new Listen.Tcp(80)).rule());
    var refused = assertInstanceOf(Verdict.Refused.class, policy.listen(new Listen.Tcp(81)));
    assertEquals("no rule for listening on TCP:81", refused.reason());
  }

  @Test
  void aDisabledShieldLooksAtNothing() {
    var broken = protectedServer(ShieldValue.of("X", "nonsense"));
    var policy =
        valid(
            new ShieldRules(
                DefaultMode.DISABLED, UnsupportedProtocols.REFUSE, broken.servers(), List.of()));
    assertEquals(new Verdict.Plain<>(""), policy.listen(new Listen.Tcp(80)));
  }

  @Test
  void aServerWithoutIdentityGetsOneForThisRun() {
    var rule =
        server(
            "SERVER_1",
            80,
            new ServerTreatment.Protected(
                Optional.empty(),
                new PeerAuth.Disabled(),
                List.of("http/1.1"),
                List.of(),
                TlsVersion.TLS1_3));
    var secured =
        assertInstanceOf(Verdict.Secured.class, valid(servers(rule)).listen(new Listen.Tcp(80)));
    var tls = assertInstanceOf(ServerTls.class, secured.tls());
    assertEquals(new Alpn("testudo/1/tcp:80", List.of("http/1.1")), tls.alpn());
    assertInstanceOf(PeerTrust.Anyone.class, tls.clients().trust());
  }

  @Test
  void eachMistakeInAnIdentityIsReportedAtItsPlace() {
    var good = authority.issue("redis");
    var pem = TestAuthority.pem(good);
    var key = pem.substring(pem.indexOf("-----BEGIN PRIVATE"));
    var certificate = pem.substring(0, pem.indexOf("-----BEGIN PRIVATE"));
    var expired =
        authority.issue(TestAuthority.profile("redis"), KeyAlgorithm.P_256, TestAuthority.past());
    var forClients =
        authority.issue(EndEntity.client("c"), KeyAlgorithm.P_256, TestAuthority.week());
    assertMistake(DiagnosticId.INCOMPLETE_IDENTITY, 1, certificate);
    assertMistake(DiagnosticId.INCOMPLETE_IDENTITY, 1, key);
    assertMistake(DiagnosticId.MALFORMED_PEM, 2, key.substring(0, 29) + "!" + key.substring(29));
    assertMistake(
        DiagnosticId.KEY_MISMATCH,
        1,
        key + TestAuthority.pem(authority.issue("x")).split("-----BEGIN P", 2)[0]);
    assertMistake(DiagnosticId.CERTIFICATE_EXPIRED, 1, TestAuthority.pem(expired));
    assertMistake(DiagnosticId.INVALID_VALUE, 1, TestAuthority.pem(forClients));
    assertMistake(
        DiagnosticId.NOT_AN_AUTHORITY, line(key + certificate), key + certificate + certificate);
    assertMistake(
        DiagnosticId.UNSUPPORTED_KEY,
        1,
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n" + certificate);
    assertInstanceOf(Parsed.Valid.class, compile(protectedServer(value(key + certificate))));
  }

  @Test
  void aCertificateThatIsNoAuthorityIsIgnoredUnlessItIsTheOnlyOne() {
    var leaf = TestAuthority.pem(authority.issue("leaf")).split("-----BEGIN P", 2)[0];
    var both = compile(clientTrusting(leaf + other.pem()));
    var warned = assertInstanceOf(Parsed.Valid.class, both);
    assertEquals(1, warned.warnings().size());
    assertEquals(DiagnosticId.NOT_AN_AUTHORITY, both.diagnostics().getFirst().id());
    var alone = assertInstanceOf(Parsed.Invalid.class, compile(clientTrusting(leaf)));
    assertEquals(2, alone.problems().size());
  }

  @Test
  void secretsNeverAppearInDiagnostics() {
    var pem = TestAuthority.pem(authority.issue("redis"));
    var key = pem.substring(pem.indexOf("-----BEGIN PRIVATE"));
    var text = problems(protectedServer(value(key + key))).toString();
    for (var line : key.split("\n")) {
      assertTrue(line.startsWith("-----") || !text.contains(line), "a line of the key is shown");
    }
  }

  /// The straightforward decision: take all rules that match, and choose the most specific one.
  private static String obvious(ShieldRules rules, InetAddress to, int port) {
    for (int specificity = 2; specificity >= 0; specificity--) {
      var matching = new ArrayList<String>();
      for (var rule : rules.clients()) {
        if (specificity(rule.destination(), to, port) == specificity) {
          matching.add(rule.name().value());
        }
      }
      if (!matching.isEmpty()) {
        return matching.size() == 1 ? matching.getFirst() : "";
      }
    }
    return "";
  }

  private static int specificity(Destination destination, InetAddress to, int port) {
    if (destination instanceof Destination.Tcp(var host, var rulePort, var match)
        && rulePort == port) {
      return switch (match) {
        case AddressMatch.Exactly(var address) -> address.equals(to) ? 2 : -1;
        case AddressMatch.Resolve() -> NAMES.addresses(host).contains(to) ? 1 : -1;
        case AddressMatch.Any() -> 0;
      };
    }
    return -1;
  }

  @Test
  void decidesLikeTheObviousProcedure() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      var rules = randomRules(random);
      if (compile(rules) instanceof Parsed.Valid(var policy, _)) {
        for (var to : List.of(TEN, ELEVEN, InetAddress.ofLiteral("10.0.0.12"))) {
          for (int port = 80; port < 83; port++) {
            assertEquals(obvious(rules, to, port), policy.connect(to, port).rule(), "seed " + seed);
          }
        }
      }
    }
  }

  private static ShieldRules randomRules(Random random) {
    var clients = new ArrayList<ClientRule>();
    var matches =
        List.of(
            new AddressMatch.Any(),
            new AddressMatch.Resolve(),
            new AddressMatch.Exactly(TEN),
            new AddressMatch.Exactly(ELEVEN));
    for (int i = 0; i < random.nextInt(5); i++) {
      var destination =
          new Destination.Tcp(
              random.nextBoolean() ? "a" : "b",
              80 + random.nextInt(3),
              matches.get(random.nextInt(matches.size())));
      clients.add(
          new ClientRule(new RuleName("R" + i), destination, new ClientTreatment.Unprotected()));
    }
    return new ShieldRules(
        DefaultMode.PROTECTED, UnsupportedProtocols.REFUSE, List.of(), List.copyOf(clients));
  }

  private void assertMistake(DiagnosticId id, int line, String pem) {
    var problems = problems(protectedServer(value(pem)));
    var found = problems.stream().filter(problem -> problem.id() == id).findFirst();
    assertTrue(found.isPresent(), id + " expected, found " + problems);
    assertEquals("env:IDENTITY", found.get().span().source().name());
    assertEquals(line, found.get().span().line());
  }

  private static int line(String before) {
    return (int) before.chars().filter(c -> c == '\n').count() + 1;
  }

  private static ShieldValue value(String pem) {
    return ShieldValue.of("IDENTITY", pem);
  }

  private ShieldRules protectedServer(ShieldValue identity) {
    return servers(
        server(
            "SERVER_1",
            80,
            new ServerTreatment.Protected(
                Optional.of(identity),
                new PeerAuth.Authorities(ShieldValue.of("AUTH", authority.pem())),
                List.of(),
                List.of(),
                TlsVersion.TLS1_3)));
  }

  private static ShieldRules clientTrusting(String pem) {
    var auth = new PeerAuth.Authorities(ShieldValue.of("AUTH", pem));
    return rules(
        DefaultMode.PROTECTED,
        client(
            "CLIENT_1",
            "redis",
            new AddressMatch.Any(),
            new ClientTreatment.Protected(
                Optional.empty(), auth, Optional.empty(), List.of(), TlsVersion.TLS1_3)));
  }

  private static ClientRule client(
      String name, String host, AddressMatch match, ClientTreatment treatment) {
    return new ClientRule(new RuleName(name), new Destination.Tcp(host, 80, match), treatment);
  }

  private static ServerRule server(String name, int port, ServerTreatment treatment) {
    return new ServerRule(new RuleName(name), new Listen.Tcp(port), treatment);
  }

  private static ShieldRules rules(DefaultMode mode, ClientRule... clients) {
    return new ShieldRules(mode, UnsupportedProtocols.REFUSE, List.of(), List.of(clients));
  }

  private static ShieldRules servers(ServerRule... servers) {
    return new ShieldRules(
        DefaultMode.PROTECTED, UnsupportedProtocols.REFUSE, List.of(servers), List.of());
  }

  private static Parsed<ShieldPolicy> compile(ShieldRules rules) {
    return ShieldPolicy.compile(rules, NAMES, InstantSource.system());
  }

  private static ShieldPolicy valid(ShieldRules rules) {
    return switch (compile(rules)) {
      case Parsed.Valid<ShieldPolicy>(var policy, _) -> policy;
      case Parsed.Invalid<ShieldPolicy>(var problems) -> throw new AssertionError(problems);
    };
  }

  private static List<Diagnostic> problems(ShieldRules rules) {
    return switch (compile(rules)) {
      case Parsed.Invalid<ShieldPolicy>(var problems) -> problems;
      case Parsed.Valid<ShieldPolicy> _ -> throw new AssertionError("no mistake found");
    };
  }
}
