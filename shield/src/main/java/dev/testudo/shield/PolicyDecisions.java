package dev.testudo.shield;

import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.name.NameService;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.rule.ShieldPolicy;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.context.Decisions;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/// Answers the supervisor from the current policy. Safe for use by multiple threads.
final class PolicyDecisions implements Decisions {
  private volatile ShieldPolicy policy;
  private final Optional<NameService> nameService;

  PolicyDecisions(ShieldPolicy policy, Optional<NameService> nameService) {
    this.policy = policy;
    this.nameService = nameService;
  }

  /// Replaces the policy for all later decisions.
  void replace(ShieldPolicy next) {
    policy = next;
  }

  /// Returns the current terms of the rule that `terms` came from. A listener may live longer than
  /// its certificate, so each connection asks for the current ones.
  ServerTls current(ServerTls terms) {
    return policy.serverTerms(terms.rule()).orElse(terms);
  }

  @Override
  public Verdict<ServerTls> listen(Listen at) {
    return policy.listen(at);
  }

  @Override
  public Verdict<ClientTls> connect(InetAddress to, int port) {
    return policy.connect(to, port);
  }

  @Override
  public Verdict<ClientTls> connect(String unixPath) {
    return policy.connect(unixPath);
  }

  @Override
  public Set<String> unixDestinations() {
    return policy.unixDestinations();
  }

  @Override
  public Optional<NameService> nameService() {
    return nameService;
  }
}
