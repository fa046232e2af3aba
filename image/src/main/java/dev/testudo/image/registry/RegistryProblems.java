package dev.testudo.image.registry;

import dev.testudo.image.registry.auth.TokenException;
import dev.testudo.image.registry.credential.CredentialException;
import dev.testudo.image.registry.http.LinkAnswer;
import dev.testudo.image.registry.http.LinkException;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalInt;

/// Turns failures of requests to one registry into exceptions.
final class RegistryProblems {
  /// How many bytes of the answer to a failed request are looked at.
  static final int ERROR_LIMIT = 64 << 10;

  private final String registry;

  RegistryProblems(String registry) {
    this.registry = registry;
  }

  /// The registry answered with a status that is no success.
  ///
  /// @param place where the credential was found that the request had
  RegistryException refused(RegistryAsk ask, LinkAnswer answer, byte[] body, Optional<String> place)
      throws LinkException {
    var code = code(body);
    var fault = RegistryFault.of(answer.status());
    var reason =
        "the registry answered %d%s"
            .formatted(answer.status(), code.map(text -> " " + text).orElse(""));
    return new RegistryException(
        new RegistryProblem(
            fault,
            task(ask),
            OptionalInt.of(answer.status()),
            code,
            reason + credentials(fault, place),
            retryAfter(answer.header("Retry-After"))));
  }

  /// There is no answer.
  RegistryException of(RegistryAsk ask, LinkException failure) {
    var problem = problem(ask, RegistryFault.of(failure.fault()), failure.getMessage());
    return new RegistryException(problem, failure);
  }

  /// The token server gave no token.
  RegistryException of(RegistryAsk ask, TokenException failure, Optional<String> place) {
    var status = failure.status().orElse(0);
    var passing = status == 0 ? RegistryFault.MALFORMED : RegistryFault.of(status);
    var fault =
        switch (passing) {
          case REFUSED, FORBIDDEN, NOT_FOUND -> RegistryFault.UNAUTHORIZED;
          default -> passing;
        };
    return new RegistryException(
        new RegistryProblem(
            fault,
            task(ask),
            failure.status(),
            Optional.empty(),
            failure.getMessage() + credentials(fault, place),
            retryAfter(failure.retryAfter())),
        failure);
  }

  /// A stored credential cannot be used.
  RegistryException of(RegistryAsk ask, CredentialException failure) {
    return new RegistryException(
        problem(ask, RegistryFault.CREDENTIALS, failure.getMessage()), failure);
  }

  /// The answer is not one of a registry.
  RegistryException malformed(RegistryAsk ask, String reason) {
    return new RegistryException(problem(ask, RegistryFault.MALFORMED, reason));
  }

  private RegistryTask task(RegistryAsk ask) {
    return new RegistryTask(registry, ask.scope().repository(), ask.action());
  }

  private RegistryProblem problem(RegistryAsk ask, RegistryFault fault, String reason) {
    return new RegistryProblem(
        fault, task(ask), OptionalInt.empty(), Optional.empty(), reason, Optional.empty());
  }

  private static String credentials(RegistryFault fault, Optional<String> place) {
    return switch (fault) {
      case UNAUTHORIZED, FORBIDDEN ->
          place
              .map(" to the credentials of `%s`"::formatted)
              .orElse(", and no credentials for it are stored");
      default -> "";
    };
  }

  /// Finds the first error code (distribution-spec, error codes). Other text of the registry is
  /// left out, because it may contain anything.
  private static Optional<String> code(byte[] body) {
    try {
      for (var error : JsonMembers.read(body, ERROR_LIMIT, "answer").array("errors")) {
        var code = JsonMembers.of(error, "errors").text("code");
        if (code.matches("[A-Z0-9_]{1,64}")) {
          return Optional.of(code);
        }
      }
    } catch (MessageException e) {
      // Not every failure has such a body.
    }
    return Optional.empty();
  }

  /// Reads `Retry-After`: seconds or a date (RFC 9110 §10.2.3).
  private static Optional<Duration> retryAfter(Optional<String> value) {
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var text = value.get().strip();
    try {
      if (text.matches("\\d{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
      }
      var until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      var wait = Duration.between(Instant.now(), until);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
