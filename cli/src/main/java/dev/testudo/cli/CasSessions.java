package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.cli.up.SessionRegistry;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;

/// Registers sessions with a CAS over the network.
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
      throw CommandFailed.refused(
          "CAS did not take session `%s`: %s".formatted(name, e.getMessage()));
    }
  }
}
