package dev.testudo.agent.attest.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.attest.tpm.SoftwareTpm;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.TpmCredentials;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.attest.tpm.TpmPublic;
import dev.testudo.trust.channel.CredentialChallenge;
import dev.testudo.trust.channel.CredentialRequest;
import dev.testudo.trust.generator.EventLogs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A TPM in software, and credentials that `tpm2_makecredential` makes.
@Timeout(120)
class TpmQuotesTest {
  private static final ReportData DATA = new ReportData("ef".repeat(64));
  private static final Octets CREDENTIAL = Octets.ofHex("5e".repeat(32));
  private static final int MAKECREDENTIAL_HEADER = 8;

  @TempDir private Path folder;
  private SoftwareTpm tpm;
  private TpmQuotes source;

  @BeforeEach
  void start() throws Exception {
    tpm = SoftwareTpm.start(folder);
    var log = EventLogs.startingWith(EventLogs.SHA256, 32).filled(0, 0);
    Files.write(folder.resolve("log"), log.toBytes());
    source = new TpmQuotes(tpm::connect, folder.resolve("log"));
  }

  @AfterEach
  void stop() {
    tpm.close();
  }

  /// Makes a credential with the tools, which need no TPM for it.
  private CredentialChallenge challenge(CredentialRequest keys) throws Exception {
    var area = keys.endorsementKey();
    var file = ByteBuffer.allocate(2 + area.length()).putShort((short) area.length());
    Files.write(folder.resolve("ek"), file.put(area.toBytes()).array());
    Files.write(folder.resolve("secret"), CREDENTIAL.toBytes());
    tpm.run(
        folder,
        "tpm2_makecredential",
        "-T",
        "none",
        "-u",
        "ek",
        "-s",
        "secret",
        "-n",
        new TpmPublic(keys.attestationKey()).name().hex(),
        "-o",
        "credential");
    var made = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("credential")));
    made.position(MAKECREDENTIAL_HEADER);
    return new CredentialChallenge(sized(made), sized(made));
  }

  private static Octets sized(ByteBuffer in) {
    var bytes = new byte[in.getShort()];
    in.get(bytes);
    return Octets.of(bytes);
  }

  private static EvidenceClaims.Tpm verified(Evidence evidence) {
    TpmCredentials credentials = (_, _) -> Optional.of(CREDENTIAL);
    var context =
        new VerificationContext(
            Collateral.NONE,
            HardwareRoots.NONE,
            Instant.now(),
            Duration.ZERO,
            VerificationMemory.none(),
            credentials);
    var verification = Verifier.verify(evidence, Optional.of(DATA), context);
    var verified = assertInstanceOf(Verified.class, verification, verification::toString);
    return assertInstanceOf(EvidenceClaims.Tpm.class, verified.claims());
  }

  @Test
  void aTpmOpensTheCredentialForItsKeysAndSigns() throws Exception {
    var keys = source.keys().orElseThrow();
    var evidence = source.request(DATA, challenge(keys));
    var claims = verified(evidence);
    assertEquals(24, claims.machine().pcrs().size());
    assertEquals(64, claims.machine().tpm().key().orElseThrow().length());
    var again = source.request(DATA, challenge(keys));
    assertEquals(claims.machine().tpm(), verified(again).machine().tpm());
  }

  @Test
  void theKeysAreTheSameAfterEachStart() throws Exception {
    var first = source.keys();
    // A failure closes the TPM. Here, no kernel removes its keys then.
    assertThrows(
        IOException.class,
        () ->
            source.request(
                DATA, new CredentialChallenge(Octets.of(new byte[68]), Octets.of(new byte[256]))));
    tpm.run(folder, "tpm2_flushcontext", "-t");
    assertEquals(first, source.keys());
  }

  @Test
  void aCredentialForAnotherKeyIsNotOpened() throws Exception {
    var keys = source.keys().orElseThrow();
    var bytes = keys.attestationKey().toBytes();
    bytes[bytes.length - 1] ^= 1;
    var other = new CredentialRequest(keys.endorsementKey(), Octets.of(bytes));
    var challenge = challenge(other);
    assertThrows(IOException.class, () -> source.request(DATA, challenge));
  }

  @Test
  void aMachineWithoutALogShowsNothing() throws Exception {
    Files.delete(folder.resolve("log"));
    var failure = assertThrows(IOException.class, () -> source.request(DATA));
    assertEquals(
        "there is no %s: the firmware has no TPM driver, or securityfs is not mounted"
            .formatted(folder.resolve("log")),
        failure.getMessage());
  }
}
