package dev.testudo.shield;

import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.rule.ShieldPolicy;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.Decisions;
import java.net.InetAddress;

/// The supervisor's questions, answered by the policy.
record PolicyDecisions(ShieldPolicy policy) implements Decisions {
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
}
