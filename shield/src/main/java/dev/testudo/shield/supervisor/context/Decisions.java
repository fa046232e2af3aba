package dev.testudo.shield.supervisor.context;

import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.name.NameService;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.rule.Verdict;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/// What the rules say. Pure: asked on the supervisor's thread, never waits.
public interface Decisions {
  /// About listening at a TCP port or Unix path.
  Verdict<ServerTls> listen(Listen at);

  /// About connecting to an IP address.
  Verdict<ClientTls> connect(InetAddress to, int port);

  /// About connecting to a Unix socket; an abstract name begins with `@`.
  Verdict<ClientTls> connect(String unixPath);

  /// The paths of all rules about connecting to Unix sockets; the same for as long as the shield
  /// lives.
  Set<String> unixDestinations();

  /// Who answers the program's own look-ups of hosts; nobody where these are not our business.
  default Optional<NameService> nameService() {
    return Optional.empty();
  }
}
