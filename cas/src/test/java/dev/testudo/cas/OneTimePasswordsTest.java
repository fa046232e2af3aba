package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notAttested;
import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Passwords that a service presents once, appended to its name.
class OneTimePasswordsTest extends WithTestCas {
  private static final String SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

  /// Another service beside the usual one.
  private static final String SECOND =
      """
        - name: t
          command: prog
          attestation: [{mrenclave: %s}]
      images:
      """
          .formatted(TestCas.GOOD.hex());

  private static String ofSession(String secret) {
    return TestCas.showing("a", "delivered", "")
        .replace(
            "    tolerate:",
            "    one_time_password_shared_secret: %s\n    tolerate:".formatted(secret));
  }

  private static String ofService(String secret, String rest) {
    return TestCas.showing("a", "delivered", rest)
        .replace(
            "    command: prog",
            "    command: prog\n    one_time_password_shared_secret: \"%s\"".formatted(secret));
  }

  /// Returns the password of this moment, as Python computes it.
  private String password(String secret) throws IOException {
    var code =
        """
        import base64, hashlib, hmac, struct, sys
        key = base64.b32decode(sys.argv[1] + '=' * (-len(sys.argv[1]) % 8))
        mac = hmac.new(key, struct.pack('>Q', int(sys.argv[2]) // 30), hashlib.sha1).digest()
        at = mac[-1] & 15
        print('%06d' % ((struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000))
        """;
    var now = Long.toString(cas.clock.instant().getEpochSecond());
    var process = new ProcessBuilder("python3", "-c", code, secret, now).start();
    try {
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  private void delivered(String service) throws IOException {
    assertEquals("delivered", cas.fetch(service).environment().get("V"));
  }

  @Test
  void aPasswordIsNeededAndCountsOnce() throws IOException {
    cas.create(ofSession(SECRET));
    notAttested(() -> cas.fetch("a/s"));
    var password = password(SECRET);
    delivered("a/s@" + password);
    notAttested(() -> cas.fetch("a/s@" + password));
    cas.restart();
    notAttested(() -> cas.fetch("a/s@" + password));
    cas.clock.advance(Duration.ofSeconds(30));
    delivered("a/s@" + password(SECRET));
  }

  @Test
  void anOldPasswordDoesNotCount() throws IOException {
    cas.create(ofSession(SECRET));
    var password = password(SECRET);
    cas.clock.advance(Duration.ofSeconds(90));
    notAttested(() -> cas.fetch("a/s@" + password));
    delivered("a/s@" + password(SECRET));
  }

  @Test
  void theSecretOfAServiceComesBeforeThatOfTheSession() throws IOException {
    var own = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";
    cas.create(
        ofService(own, "")
            .replace(
                "    tolerate:",
                "    one_time_password_shared_secret: %s\n    tolerate:".formatted(SECRET)));
    notAttested(() -> cas.fetch("a/s@" + password(SECRET)));
    delivered("a/s@" + password(own));
  }

  @Test
  void theSecretMayBeOneThatCasGenerates() throws IOException {
    cas.create(
        ofService(
            "$$SCONE::otp:base32nopad$$",
            "secrets: [{name: otp, kind: binary, size: 20, export: {session: b}}]\n"));
    cas.create(
        TestCas.showing(
            "b",
            "$$SCONE::otp:base32nopad$$",
            "secrets: [{name: otp, import: {session: a, secret: otp}}]\n"));
    var password = password(cas.shown("b"));
    delivered("a/s@" + password);
    notAttested(() -> cas.fetch("a/s@" + password));
  }

  @Test
  void guessingIsSlow() throws IOException {
    cas.create(ofSession(SECRET));
    var right = password(SECRET);
    var wrong = right.equals("000000") ? "000001" : "000000";
    for (var i = 0; i < 5; i++) {
      notAttested(() -> cas.fetch("a/s@" + wrong));
    }
    notAttested(() -> cas.fetch("a/s@" + right));
    cas.clock.advance(Duration.ofSeconds(61));
    delivered("a/s@" + password(SECRET));
  }

  @Test
  void guessesOfAllServicesWithTheSameSecretCountTogether() throws IOException {
    cas.create(ofSession(SECRET).replace("images:\n", SECOND));
    var right = password(SECRET);
    var wrong = right.equals("000000") ? "000001" : "000000";
    for (var i = 0; i < 5; i++) {
      notAttested(() -> cas.fetch("a/t@" + wrong));
    }
    notAttested(() -> cas.fetch("a/s@" + right));
  }

  @Test
  void aPasswordFromTheSecretOfTheSessionCountsOnceForAllServices() throws IOException {
    cas.create(ofSession(SECRET).replace("images:\n", SECOND));
    var password = password(SECRET);
    delivered("a/s@" + password);
    notAttested(() -> cas.fetch("a/t@" + password));
  }

  /// The answer was lost, so that the instance asks again. Another instance has another key.
  @Test
  void theInstanceThatUsedAPasswordMayAskAgainForAMinute() throws IOException {
    cas.create(ofSession(SECRET));
    var service = "a/s@" + password(SECRET);
    var instance = AttestedChannel.instance();
    assertEquals("delivered", fetch(instance, service));
    assertEquals("delivered", fetch(instance, service));
    notAttested(() -> cas.fetch(service));
  }

  private String fetch(Identity instance, String service) throws IOException {
    return String.valueOf(
        cas.fetch(
                instance,
                service,
                report -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
                Optional.of(Secret.ofText(TestCas.TOKEN)))
            .environment()
            .get("V"));
  }

  /// The caller does not learn what is wrong with the secret, because it is not attested.
  @Test
  void aWeakSecretIsNoSecret() throws IOException {
    var weak = "{name: otp, kind: ascii, value: JBSWY3DP%s}";
    refused(
        "invalid-session",
        () ->
            cas.create(
                ofService("$$SCONE::otp$$", "secrets: [%s]\n".formatted(weak.formatted("")))));
    cas.create(
        "name: b\nversion: 0.3.10\nsecrets: [%s]\n"
            .formatted(weak.formatted(", export: {session: a}")));
    cas.create(
        ofService("$$SCONE::otp$$", "secrets: [{name: otp, import: {session: b, secret: otp}}]\n"));
    notAttested(() -> cas.fetch("a/s@" + password("JBSWY3DP")));
    assertEquals("attestation-refused", AuditLog.lastRefusal(state).reason());
  }

  @Test
  void callersWithoutEvidenceDoNotGetToGuess() throws IOException {
    cas.create(ofSession(SECRET));
    for (var i = 0; i < 10; i++) {
      notAttested(
          () ->
              cas.fetch(
                  "a/s@000000",
                  report -> TestCas.evidence(TestCas.BAD_IMAGE, report),
                  Optional.empty()));
    }
    delivered("a/s@" + password(SECRET));
  }

  @Test
  void noLogShowsAPassword() throws IOException {
    cas.create(ofSession(SECRET));
    var password = password(SECRET);
    delivered("a/s@" + password);
    notAttested(() -> cas.fetch("a/s@" + password));
    cas.server().close();
    var log = Files.readString(state.resolve("audit.jsonl"));
    assertTrue(log.contains("a/s"), log);
    assertFalse(log.contains("@" + password), log);
    cas.restart();
  }
}
