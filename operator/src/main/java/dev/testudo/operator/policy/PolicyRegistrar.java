package dev.testudo.operator.policy;

import dev.testudo.trust.channel.CasException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.Set;

/// Registers policies with CAS. Registering one that is active changes nothing, so it may be done
/// again at any time.
public final class PolicyRegistrar {
  /// Refusals that end when another policy is registered. Objects are brought in any order.
  private static final Set<String> DEPENDS_ON_OTHERS =
      Set.of("unknown-session", "wrong-predecessor", "wrong-namespace", "secret-unavailable");

  private static final Set<String> ANOTHER_IS_ACTIVE =
      Set.of("wrong-predecessor", "session-exists");

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
    var bundle = order.bundle();
    var expires = bundle.message().expires();
    if (!clock.instant().isBefore(expires)) {
      return before
          ? new PolicyAnswer.Registered(
              "Registered", "CAS accepted it before it expired at " + expires)
          : new PolicyAnswer.Refused(
              "Expired", "the signatures expired at %s; sign it again".formatted(expires));
    }
    try {
      clients.client(order.cas(), bundle.message().cas()).registerBundle(bundle);
      return new PolicyAnswer.Registered("Registered", "CAS at %s has it".formatted(order.cas()));
    } catch (CasException e) {
      return refused(e, before);
    } catch (IOException e) {
      return unreachable(e);
    }
  }

  private static PolicyAnswer refused(CasException e, boolean before) {
    var problem = e.problem();
    var text = "%s: %s (request %s)".formatted(problem.id(), problem.text(), problem.request());
    if (before && ANOTHER_IS_ACTIVE.contains(problem.id())) {
      return new PolicyAnswer.Superseded(
          "Superseded", "CAS accepted it, and has a later revision now");
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
