package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.cli.up.SessionRegistry;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.NewJoinToken;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.util.List;

/// Registers sessions and gets join tokens from a CAS over the network.
final class CasSessions implements SessionRegistry {
  private final CasClient client;

  CasSessions(RunningCas cas, Identity me) {
    this.client = new CasClient(cas.address(), cas.key(), me);
  }

  @Override
  public void apply(String name, String yaml) throws IOException, CommandFailed {
    try {
      client.applySession(name, yaml);
    } catch (CasException e) {
      throw CommandFailed.refused("CAS refused session `%s`: %s".formatted(name, e.getMessage()));
    }
  }

  @Override
  public List<String> why(String request) throws IOException {
    return client.why(request).details();
  }

  @Override
  public NewJoinToken rotateJoinToken(ServiceId service, JoinTokenOrder order)
      throws IOException, CommandFailed {
    try {
      var before = client.joinTokens(service);
      var token = client.createJoinToken(service, order);
      client.revokeJoinTokens(service, before);
      return token;
    } catch (CasException e) {
      throw CommandFailed.refused(
          "CAS refused a token for `%s`: %s".formatted(service, e.getMessage()));
    }
  }
}
