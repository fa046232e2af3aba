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

/// The supervisor's questions, answered by the policy as it is now. Safe for several threads.
final class PolicyDecisions implements Decisions {
  private volatile ShieldPolicy policy;
  private final Optional<NameService> nameService;

  PolicyDecisions(ShieldPolicy policy, Optional<NameService> nameService) {
    this.policy = policy;
    this.nameService = nameService;
  }

  /// From now on answers come from `next`.
  void replace(ShieldPolicy next) {
    policy = next;
  }

  /// What the rule of `terms` says now: a listener lives longer than a certificate.
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
