package dev.testudo.shield.supervisor.context;

import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.name.NameService;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.rule.Verdict;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/// The policy's decisions. The supervisor's thread asks, so no method may block.
public interface Decisions {
  /// Decides listening at a TCP port or Unix path.
  Verdict<ServerTls> listen(Listen at);

  /// Decides connecting to an IP address.
  Verdict<ClientTls> connect(InetAddress to, int port);

  /// Decides connecting to a Unix socket. An abstract name begins with `@`.
  Verdict<ClientTls> connect(String unixPath);

  /// Returns the paths of all client rules for Unix sockets. They stay the same for the life of
  /// the shield.
  Set<String> unixDestinations();

  /// Returns the service that answers the program's own lookups, or empty if the shield leaves
  /// them alone.
  default Optional<NameService> nameService() {
    return Optional.empty();
  }
}
