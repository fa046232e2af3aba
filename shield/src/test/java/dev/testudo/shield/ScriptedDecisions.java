package dev.testudo.shield;

import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedServer;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.context.Decisions;
import dev.testudo.trust.pki.Identity;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Decides by port or path alone, as the test specifies. Refuses everything else.
final class ScriptedDecisions implements Decisions {
  private static final Identity IDENTITY = Identity.ephemeral("test");

  private enum Kind {
    PLAIN,
    SECURED
  }

  private final Map<Object, Kind> listens = new ConcurrentHashMap<>();
  private final Map<Object, Kind> connects = new ConcurrentHashMap<>();
  private volatile boolean plainByDefault;

  ScriptedDecisions plainByDefault() {
    plainByDefault = true;
    return this;
  }

  ScriptedDecisions plainConnect(Object portOrPath) {
    connects.put(portOrPath, Kind.PLAIN);
    return this;
  }

  ScriptedDecisions securedConnect(int port) {
    connects.put(port, Kind.SECURED);
    return this;
  }

  ScriptedDecisions plainListen(Object portOrPath) {
    listens.put(portOrPath, Kind.PLAIN);
    return this;
  }

  ScriptedDecisions securedListen(int port) {
    listens.put(port, Kind.SECURED);
    return this;
  }

  @Override
  public Verdict<ServerTls> listen(Listen at) {
    var key =
        switch (at) {
          case Listen.Tcp(var port) -> (Object) port;
          case Listen.UnixPath(var path) -> path;
        };
    var tls = new ServerTls("SERVER_1", Alpn.tcp(1, List.of()), IDENTITY, new PeerTrust.Anyone());
    return verdict(listens.get(key), "SERVER_1", tls);
  }

  @Override
  public Verdict<ClientTls> connect(InetAddress to, int port) {
    return verdict(connects.get(port), "CLIENT_1", clientTls());
  }

  @Override
  public Verdict<ClientTls> connect(String unixPath) {
    return verdict(connects.get(unixPath), "CLIENT_1", clientTls());
  }

  @Override
  public Set<String> unixDestinations() {
    return connects.keySet().stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .collect(Collectors.toSet());
  }

  private static ClientTls clientTls() {
    return new ClientTls(
        "CLIENT_1",
        Alpn.tcp(1, List.of()),
        Optional.empty(),
        new ExpectedServer("test", new PeerTrust.Anyone()));
  }

  private <T> Verdict<T> verdict(
      @org.jspecify.annotations.Nullable Kind kind, String rule, T tls) { // null: no rule
    if (kind == null) {
      return plainByDefault ? new Verdict.Plain<>("") : new Verdict.Refused<>("", "no rule");
    }
    return switch (kind) {
      case PLAIN -> new Verdict.Plain<>(rule);
      case SECURED -> new Verdict.Secured<>(rule, tls);
    };
  }
}
