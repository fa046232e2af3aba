package dev.testudo.operator.policy;

import dev.testudo.trust.channel.CasException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/// Registers policies with CAS. Registering one that is active changes nothing, so it may be done
/// again at any time.
public final class PolicyRegistrar {
  /// Refusals that end when another policy is registered. Objects are brought in any order.
  private static final Set<String> DEPENDS_ON_OTHERS =
      Set.of("unknown-session", "wrong-predecessor", "wrong-namespace", "secret-unavailable");

  private static final Set<String> ANOTHER_IS_ACTIVE =
      Set.of("wrong-predecessor", "session-exists");

  /// Among other reasons, because the signatures have expired, which only CAS sees in an encrypted
  /// policy.
  private static final String INVALID = "invalid-bundle";

  private static final String REGISTERED = "Registered";

  private final CasClients clients;
  private final InstantSource clock;

  /// Creates it.
  public PolicyRegistrar(CasClients clients, InstantSource clock) {
    this.clients = clients;
    this.clock = clock;
  }

  /// Registers a policy.
  ///
  /// @param before true if CAS has accepted exactly this policy before
  PolicyAnswer register(PolicyOrder order, boolean before) {
    if (order instanceof PolicyOrder.Signed(_, var bundle)
        && !clock.instant().isBefore(bundle.message().expires())) {
      var expires = bundle.message().expires();
      return before
          ? accepted("CAS accepted it before it expired at " + expires)
          : new PolicyAnswer.Refused(
              "Expired", "the signatures expired at %s; sign it again".formatted(expires));
    }
    try {
      return new PolicyAnswer.Registered(
          REGISTERED, "CAS at %s has it".formatted(order.cas()), Optional.of(bring(order)));
    } catch (CasException e) {
      return refused(e, before);
    } catch (IOException e) {
      return unreachable(e);
    }
  }

  /// Returns the hash of the revision.
  private String bring(PolicyOrder order) throws IOException {
    return clients.ask(
        order.cas(),
        order.casKey(),
        client ->
            switch (order) {
              case PolicyOrder.Signed(_, var bundle) -> client.registerBundle(bundle);
              case PolicyOrder.Encrypted(_, _, var bundle) -> client.registerEncrypted(bundle);
            });
  }

  private static PolicyAnswer accepted(String message) {
    return new PolicyAnswer.Registered(REGISTERED, message, Optional.empty());
  }

  private static PolicyAnswer refused(CasException e, boolean before) {
    var problem = e.problem();
    var text = "%s: %s (request %s)".formatted(problem.id(), problem.text(), problem.request());
    if (before && ANOTHER_IS_ACTIVE.contains(problem.id())) {
      return new PolicyAnswer.Superseded(
          "Superseded", "CAS accepted it, and has a later revision now");
    }
    if (before && problem.id().equals(INVALID)) {
      return accepted("CAS accepted it before, and would not today: " + text);
    }
    if (!e.isRefusal()) {
      return new PolicyAnswer.Waiting("CasBusy", text);
    }
    return DEPENDS_ON_OTHERS.contains(problem.id())
        ? new PolicyAnswer.Waiting("DependencyMissing", text)
        : new PolicyAnswer.Refused("RefusedByCas", text);
  }

  private static PolicyAnswer unreachable(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return new PolicyAnswer.Waiting("CasHasAnotherKey", String.valueOf(e.getMessage()));
      }
    }
    return new PolicyAnswer.Waiting("CasUnreachable", String.valueOf(e.getMessage()));
  }
}
