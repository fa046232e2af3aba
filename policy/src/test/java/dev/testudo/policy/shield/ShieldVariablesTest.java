package dev.testudo.policy.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ShieldVariablesTest {
  private static final String PREFIX = "SCONE_NETWORK_SHIELD";

  /// Returns an environment. Names are given without the common prefix.
  private static Map<String, String> environment(String... namesAndValues) {
    Map<String, String> environment = new TreeMap<>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      environment.put(PREFIX + namesAndValues[i], namesAndValues[i + 1]);
    }
    environment.put("PATH", "/bin");
    return environment;
  }

  private static ShieldRules rules(String... namesAndValues) {
    return switch (ShieldVariables.read(environment(namesAndValues))) {
      case Parsed.Valid<ShieldRules>(var rules, _) -> rules;
      case Parsed.Invalid<ShieldRules>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  @Test
  void withoutVariablesTheShieldIsOff() {
    assertEquals(DefaultMode.DISABLED, rules().mode());
  }

  @Test
  void anyVariableTurnsItOn() {
    var rules = rules("_UNSUPPORTED_PROTOCOLS", "refuse");
    assertEquals(DefaultMode.UNPROTECTED, rules.mode());
    assertEquals(UnsupportedProtocols.REFUSE, rules.unsupportedProtocols());
  }

  @Test
  void unsupportedProtocolsFollowTheMode() {
    assertEquals(UnsupportedProtocols.REFUSE, rules("", "protected").unsupportedProtocols());
    assertEquals(UnsupportedProtocols.UNPROTECTED, rules("", "unprotected").unsupportedProtocols());
  }

  @Test
  void rulesAreIgnoredWhenDisabledButStillHaveToBeRight() {
    assertEquals(
        List.of(),
        rules("", "disabled", "_SERVER_1", "refuse", "_SERVER_1_PORT", "TCP:1").servers());
    var wrong = ShieldVariables.read(environment("", "disabled", "_SERVER_1", "reject"));
    assertInstanceOf(Parsed.Invalid.class, wrong);
  }

  @Test
  void aServerRuleIsRead() {
    var rule =
        rules(
                "_SERVER_web_1", "protected",
                "_SERVER_web_1_PORT", "TCP:443",
                "_SERVER_web_1_IDENTITY", "KEY",
                "_SERVER_web_1_CLIENT_AUTH", "disabled",
                "_SERVER_web_1_ALPN", "h2 http/1.1")
            .servers()
            .getFirst();
    assertEquals(new RuleName("SERVER_web_1"), rule.name());
    assertEquals(new Listen.Tcp(443), rule.listen());
    assertEquals(
        new ServerTreatment.Protected(
            Optional.of(ShieldValue.of(PREFIX + "_SERVER_web_1_IDENTITY", "KEY")),
            new PeerAuth.Disabled(),
            List.of("h2", "http/1.1"),
            List.of(),
            TlsVersion.TLS1_3),
        rule.treatment());
  }

  @Test
  void aClientRuleIsRead() throws Exception {
    var rules =
        rules(
            "_CLIENT_redis-6379-TCP", "protected",
            "_CLIENT_redis-6379-TCP_DESTINATION", "TCP:redis:6379",
            "_CLIENT_redis-6379-TCP_SERVER_AUTH", "CA",
            "_CLIENT_ip", "refuse",
            "_CLIENT_ip_DESTINATION", "TCP:[fe80::1]:80",
            "_CLIENT_one", "unprotected",
            "_CLIENT_one_DESTINATION", "TCP:one:80",
            "_CLIENT_one_DESTINATION_IP", "10.0.0.1",
            "_CLIENT_path", "protected",
            "_CLIENT_path_DESTINATION", "unix:/run/x",
            "_CLIENT_path_SERVER_DNS_NAME", "x.local",
            "_CLIENT_path_SERVER_AUTH", "CA");
    assertEquals(
        new Destination.Tcp("redis", 6379, new AddressMatch.Resolve()),
        client(rules, "CLIENT_redis-6379-TCP").destination());
    var address = new AddressMatch.Exactly(InetAddress.ofLiteral("fe80::1"));
    assertEquals(
        new Destination.Tcp("fe80::1", 80, address), client(rules, "CLIENT_ip").destination());
    assertEquals(
        new Destination.Tcp("one", 80, new AddressMatch.Exactly(InetAddress.ofLiteral("10.0.0.1"))),
        client(rules, "CLIENT_one").destination());
    var path = (ClientTreatment.Protected) client(rules, "CLIENT_path").treatment();
    assertEquals(Optional.of("x.local"), path.serverName());
    assertEquals(Optional.empty(), path.identity());
  }

  private static ClientRule client(ShieldRules rules, String name) {
    return rules.clients().stream()
        .filter(rule -> rule.name().value().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void mistakesInAnEnvironmentPointToTheVariableAndNeverShowAKey() {
    var parsed =
        ShieldVariables.read(
            environment(
                "_SERVER_1", "protectd",
                "_SERVER_1_IDENTIY", "-----BEGIN PRIVATE KEY-----\nhunter2"));
    var found = parsed.diagnostics();
    assertEquals(
        List.of(
            "unknown-shield-variable env:%s_SERVER_1_IDENTIY:1:1".formatted(PREFIX),
            "invalid-value env:%s_SERVER_1:1:1".formatted(PREFIX),
            "missing-shield-variable env:%s_SERVER_1:1:1".formatted(PREFIX)),
        found.stream().map(one -> one.id() + " " + one.span().place()).toList());
    assertEquals(List.of("did you mean `_IDENTITY`?"), found.getFirst().help());
    assertFalse(Diagnostics.render(found).contains("hunter2"));
  }

  @Test
  void keysDoNotPrint() {
    var rules =
        rules(
            "_SERVER_1",
            "protected",
            "_SERVER_1_PORT",
            "TCP:1",
            "_SERVER_1_IDENTITY",
            "hunter2",
            "_SERVER_1_CLIENT_AUTH",
            "CA");
    assertFalse(rules.toString().contains("hunter2"));
  }

  @Test
  void onlyShieldVariablesAreTheShields() {
    assertTrue(ShieldVariables.isShieldVariable(PREFIX));
    assertTrue(ShieldVariables.isShieldVariable(PREFIX + "_X"));
    assertFalse(ShieldVariables.isShieldVariable(PREFIX + "ED"));
  }
}
