package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.Challenger;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Fetches the configuration of one service from CAS, in exchange for evidence.
public final class Attester {
  private final CasAddress cas;
  private final KeyHash key;
  private final String service;
  private final Optional<Secret> password;
  private final CasPatience patience;
  private final Identity me = AttestedChannel.instance();

  /// @param key the only key with which CAS is accepted
  /// @param password the one-time password for this start, if the policy requires one
  public Attester(
      CasAddress cas,
      KeyHash key,
      String service,
      Optional<Secret> password,
      CasPatience patience) {
    this.password = password;
    this.patience = patience;
    this.cas = cas;
    this.key = key;
    this.service = service;
  }

  /// Attests until CAS decides.
  ///
  /// @param token the join token, which is wiped once CAS has received it
  /// @throws AgentFailure if CAS refuses, or another attempt is pointless
  public Configuration attest(EvidenceSource source, Optional<Secret> token)
      throws AgentFailure, InterruptedException {
    var attempts = new Attempts(cas, patience);
    try {
      while (true) {
        try {
          return AttestedChannel.fetch(
              cas,
              key,
              me,
              asked(),
              (data, challenger) -> evidence(source, data, challenger),
              token);
        } catch (NoEvidence e) {
          throw e.failure;
        } catch (AttestationException e) {
          // In one line. CAS gives the reasons only to those who may read the session.
          throw AgentFailure.refusedByCas(
              String.valueOf(e.getMessage()).replace("\n", "; "), e.request());
        } catch (IOException e) {
          attempts.awaitNext(e);
        }
      }
    } finally {
      token.ifPresent(Secret::close);
    }
  }

  /// Asks CAS once for new values, with the key that attested.
  ///
  /// @param ticket the ticket of the present configuration
  /// @throws AttestationException if CAS refuses
  public Configuration renew(EvidenceSource source, String ticket)
      throws AgentFailure, IOException {
    try {
      return AttestedChannel.renew(
          cas, key, me, service, (data, challenger) -> evidence(source, data, challenger), ticket);
    } catch (NoEvidence e) {
      throw e.failure;
    }
  }

  /// Returns a client for the volumes of the service, with the key that attested.
  ///
  /// @param ticket what the configuration has for it
  public LeaseClient leases(String ticket) {
    return new LeaseClient(cas, key, me, ticket);
  }

  /// Returns the id by which the service identifies itself, with the password.
  private String asked() {
    return password
        .map(p -> service + "@" + p.reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII)))
        .orElse(service);
  }

  private static Evidence evidence(
      EvidenceSource source, ReportData reportData, Challenger challenger) throws IOException {
    try {
      return source.of(reportData, challenger);
    } catch (AgentFailure e) {
      throw new NoEvidence(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoEvidence(AgentFailure.environment("make evidence", e));
    }
  }

  /// Carries a failure through a function that cannot throw it.
  private static final class NoEvidence extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final AgentFailure failure;

    NoEvidence(AgentFailure failure) {
      super(failure);
      this.failure = failure;
    }
  }
}
