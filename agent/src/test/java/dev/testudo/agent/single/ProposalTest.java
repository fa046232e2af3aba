package dev.testudo.agent.single;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.AgentFailure;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.policy.shield.EnvironmentFile;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.shield.UnsupportedProtocols;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.shield.ShieldEvent;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProposalTest {
  private static final InetAddress DB = InetAddress.ofLiteral("10.0.0.5");

  private final Observed observed = new Observed();
  private final AddressNames names =
      new AddressNames(
          List.of("10.0.0.5 db.local db", "10.0.0.6 moved.local # elsewhere by now"),
          host -> host.equals("db.local") ? Set.of(DB) : Set.of(),
          address -> Optional.of(address.getHostAddress()));

  private static SocketAddress.Inet4 at(String address, int port) {
    return new SocketAddress.Inet4((Inet4Address) InetAddress.ofLiteral(address), port);
  }

  private void connects(SocketAddress address) {
    observed.on(new ShieldEvent.Passed("connect", address, ""));
  }

  private String text() {
    return new Proposal("program", observed, names).text();
  }

  private void assertHasLine(String line) {
    assertTrue(text().lines().anyMatch(line::equals), this::text);
  }

  /// The variables of all rules whose names end with `suffix`, from there on.
  private List<String> variables(String suffix) {
    return text()
        .lines()
        .filter(line -> line.split("=", 2)[0].endsWith(suffix))
        .map(line -> line.substring(line.indexOf(suffix)))
        .toList();
  }

  private ShieldRules rules() {
    var read =
        EnvironmentFile.read(new SourceFile("proposal.env", text()))
            .then(ShieldVariables::readLocated);
    return switch (read) {
      case Parsed.Valid<ShieldRules>(var rules, var warnings) -> {
        assertEquals("", Diagnostics.render(warnings));
        yield rules;
      }
      case Parsed.Invalid<ShieldRules>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems) + text());
    };
  }

  @Test
  void aNameStandsForAnAddressOnlyWhereItIsCertain() {
    connects(at("10.0.0.5", 5432));
    connects(at("10.0.0.6", 5432));
    connects(at("10.0.0.5", 5432));
    var destinations = rules().clients().stream().map(r -> r.destination().toString()).toList();
    assertEquals(Set.of("TCP:db.local:5432", "TCP:10.0.0.6:5432"), Set.copyOf(destinations));
    assertEquals(List.of("_DESTINATION_IP=10.0.0.6"), variables("_DESTINATION_IP"));
  }

  @Test
  void anIpv6AddressIsShort() {
    var loopback = (Inet6Address) InetAddress.ofLiteral("::1");
    connects(new SocketAddress.Inet6(loopback, 6379));
    assertEquals("TCP:[::1]:6379", rules().clients().getFirst().destination().toString());
    assertEquals(List.of("_DESTINATION_IP=::1"), variables("_DESTINATION_IP"));
    assertEquals(List.of("_DESTINATION=TCP:[::1]:6379"), variables("_DESTINATION"));
  }

  @Test
  void listenersAndUnixSocketsHaveRulesOfDifferentNames() {
    observed.on(new ShieldEvent.Listening("", at("0.0.0.0", 80), false));
    observed.on(new ShieldEvent.Listening("", at("127.0.0.1", 80), false));
    observed.on(new ShieldEvent.Passed("bind", new SocketAddress.UnixPath("/run/a b"), ""));
    observed.on(new ShieldEvent.Passed("bind", new SocketAddress.UnixPath("/run/a-b"), ""));
    connects(new SocketAddress.UnixPath("/run/other"));
    connects(new SocketAddress.UnixPath("/var/run/nscd/socket"));
    connects(new SocketAddress.UnixPath("@abstract\nSCONE_NETWORK_SHIELD=disabled"));
    var rules = rules();
    assertEquals(
        Set.of("TCP:80", "unix:/run/a b", "unix:/run/a-b"),
        Set.copyOf(rules.servers().stream().map(r -> r.listen().toString()).toList()));
    assertEquals(1, rules.clients().size());
    assertHasLine(
        "# It connected to unix:@abstract?SCONE_NETWORK_SHIELD=disabled, for which there can be no rule:");
  }

  @Test
  void otherProtocolsAreAllowedOnlyWhenTheyWereUsed() {
    connects(at("10.0.0.5", 5432));
    observed.on(new ShieldEvent.Passed("datagram", at("10.0.0.5", 5432), ""));
    assertEquals(UnsupportedProtocols.REFUSE, rules().unsupportedProtocols());
    observed.on(new ShieldEvent.Passed("datagram", at("10.0.0.53", 53), ""));
    assertHasLine("SCONE_NETWORK_SHIELD_UNSUPPORTED_PROTOCOLS=unprotected");
    assertHasLine("#   10.0.0.53:53");
  }

  @Test
  void optionsAreReadUpToTheProgram() throws AgentFailure {
    var own = List.of("--env-file", "--drain");
    var read =
        ShieldOptions.parse(
            List.of("--drain=500ms", "--env-file", "f", "--", "prog", "--drain", "x"), own, "");
    assertEquals(Duration.ofMillis(500), read.drain());
    assertEquals(List.of("prog", "--drain", "x"), read.program());
    assertEquals(
        List.of("prog", "-x"), ShieldOptions.parse(List.of("prog", "-x"), own, "").program());
    assertTrue(ShieldOptions.parse(List.of("--help"), own, "").program().isEmpty());
    for (var wrong :
        List.of(
            List.of("--drain", "soon", "--", "p"),
            List.of("--drain", "25h", "--", "p"),
            List.of("-o", "f", "--", "p"),
            List.of("--env-file"),
            List.of("--"),
            List.<String>of())) {
      var failure =
          assertThrows(AgentFailure.class, () -> ShieldOptions.parse(wrong, own, "usage"));
      assertEquals(AgentFailure.Kind.USAGE, failure.kind());
      assertFalse(failure.line().isEmpty());
    }
  }
}
