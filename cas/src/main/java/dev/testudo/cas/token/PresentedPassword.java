package dev.testudo.cas.token;

import dev.testudo.cas.store.TokenRow;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.decision.OneTimePassword;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// The one-time password that an instance of a service presents. The store keeps the step of the
/// last password that was used, and none of that step or before is accepted again. An object is for
/// one transaction, so that the delivery and the use are committed together or not at all.
public final class PresentedPassword {
  /// How long the instance that used a password may ask again because the answer was lost.
  private static final Duration RETRY = Duration.ofMinutes(1);

  private static final String ID = "one-time-password";

  /// Stands before the name of a service, and alone for a secret of the whole session. No service
  /// has such a name, so these rows are not among its join tokens.
  private static final String MARK = "*";

  private static final int LIMIT = 4096;

  private final TokenRow row;
  private final KeyHash instance;
  private final Instant now;
  private final OneTimePassword claim;
  private final OptionalLong step;

  private PresentedPassword(
      TokenRow row, KeyHash instance, Instant now, OneTimePassword claim, OptionalLong step) {
    this.row = row;
    this.instance = instance;
    this.now = now;
    this.claim = claim;
    this.step = step;
  }

  /// The secret behind a password.
  ///
  /// @param bytes the secret
  /// @param ofSession true if all services of the session share it, so that a password counts once
  ///     for all of them
  public record Source(Secret bytes, boolean ofSession) {}

  /// One try of one caller, which counts as one guess even if its transaction runs again.
  public static final class Try {
    private final Guesses guesses;
    private Optional<Boolean> permitted = Optional.empty();

    /// Creates a try.
    public Try(Guesses guesses) {
      this.guesses = guesses;
    }

    private boolean isPermitted(String secret) {
      if (permitted.isEmpty()) {
        permitted = Optional.of(guesses.mayTry(secret));
      }
      return permitted.get();
    }
  }

  /// Looks at a password.
  public static PresentedPassword of(
      Transaction transaction, ServiceId service, Source source, Presented presented, Try attempt)
      throws IOException {
    var name = source.ofSession() ? MARK : MARK + service.service();
    var session = service.session().value();
    var stored = transaction.joinTokens(session, name).stream().findFirst();
    var row = new TokenRow(session, name, ID, Secret.ofText(""));
    if (presented.password().isEmpty()) {
      return presented.as(row, OneTimePassword.NONE, OptionalLong.empty());
    }
    var secret = session + "/" + name;
    if (!attempt.isPermitted(secret)) {
      return presented.as(row, OneTimePassword.LOCKED, OptionalLong.empty());
    }
    var password =
        presented.password().get().reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    var step = source.bytes().reveal(bytes -> Totp.step(bytes, password, presented.now()));
    if (step.isEmpty()) {
      return presented.as(row, OneTimePassword.WRONG, step);
    }
    var used = stored.isPresent() ? Optional.of(Used.of(stored.get())) : Optional.<Used>empty();
    var isUsed =
        used.isPresent()
            && step.getAsLong() <= used.get().step()
            && !used.get().isRetry(step.getAsLong(), presented);
    if (isUsed) {
      return presented.as(row, OneTimePassword.USED, step);
    }
    attempt.guesses.right(secret);
    return presented.as(row, OneTimePassword.GOOD, step);
  }

  /// What an instance presents, and when.
  ///
  /// @param instance the key that the instance has proved to hold
  public record Presented(Optional<Secret> password, KeyHash instance, Instant now) {
    private PresentedPassword as(TokenRow row, OneTimePassword claim, OptionalLong step) {
      return new PresentedPassword(row, instance, now, claim, step);
    }
  }

  private record Used(long step, String instance, Instant at) {
    static Used of(TokenRow row) throws IOException {
      var fields =
          row.content().revealOrThrow(bytes -> JsonMembers.read(bytes, LIMIT, "used password"));
      var used =
          new Used(
              fields.number("step", 0, Long.MAX_VALUE),
              fields.text("instance"),
              fields.instant("at"));
      fields.done();
      return used;
    }

    boolean isRetry(long other, Presented presented) {
      return other == step
          && instance.equals(presented.instance().text())
          && at.plus(RETRY).isAfter(presented.now());
    }
  }

  /// Returns the state of the password, for appraisal.
  public OneTimePassword claim() {
    return claim;
  }

  /// Notes that the password is used, so that neither it nor an older one is accepted again.
  public void use(Transaction transaction) throws IOException {
    var content =
        new JsonBuilder()
            .put("step", step.orElseThrow())
            .put("instance", instance.text())
            .put("at", now.toString());
    transaction.putJoinToken(
        new TokenRow(
            row.session(), row.service(), row.id(), Secret.taking(Json.write(content.build()))));
  }
}
