package dev.testudo.cli;

import dev.testudo.cli.attest.EvidenceVerdict.Policy;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.decision.OneTimePassword;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.Security;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The option that names the session that judges evidence.
final class PolicyOption {
  /// A token in place of the session's. Tokens are no evidence, so they are not judged here.
  private static final AccessToken ANY_TOKEN = AccessToken.of("any");

  @Option(
      names = "--policy",
      paramLabel = "FILE[#SERVICE]",
      description =
          "A session, and the service whose rules the evidence must satisfy. Tokens and passwords are not judged.")
  private @Nullable String policy;

  @Mixin private VariableOptions variables = new VariableOptions();

  /// A service of a session.
  record Chosen(Session session, Service service) {
    /// Returns the decision of its rules.
    Policy decide(EvidenceClaims evidence, Instant at) {
      var token = session.security().accessToken().map(_ -> ANY_TOKEN);
      var claims = new Claims(evidence, token, JoinToken.GOOD).with(OneTimePassword.GOOD);
      var name = "%s/%s".formatted(session.name(), service.name());
      return new Policy(name, Decision.of(session, service, claims, at));
    }
  }

  /// Returns the service, if the option is given.
  Optional<Chosen> chosen(CliContext context) throws CommandFailed {
    if (policy == null) {
      return Optional.empty();
    }
    var hash = policy.lastIndexOf('#');
    var file = hash < 0 ? policy : policy.substring(0, hash);
    var session = SessionFile.read(Path.of(file), variables, context);
    var service = hash < 0 ? only(session, file) : named(session, policy.substring(hash + 1));
    return Optional.of(new Chosen(tokenless(session), service));
  }

  private static Session tokenless(Session session) {
    Security security = session.security();
    return security.accessToken().isEmpty()
        ? session
        : session.withSecurity(security.withAccessToken(ANY_TOKEN));
  }

  private static Service only(Session session, String file) throws CommandFailed {
    if (session.services().size() != 1) {
      throw CommandFailed.usage(
          "%s has %d services; name one, as in --policy %s#NAME"
              .formatted(file, session.services().size(), file));
    }
    return session.services().getFirst();
  }

  private static Service named(Session session, String name) throws CommandFailed {
    return session.services().stream()
        .filter(service -> service.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CommandFailed.input(
                    "session `%s` has no service `%s`; it has %s"
                        .formatted(session.name(), name, names(session))));
  }

  private static String names(Session session) {
    return session.services().stream().map(Service::name).collect(Collectors.joining(", "));
  }
}
