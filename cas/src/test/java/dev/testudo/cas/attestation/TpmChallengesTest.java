package dev.testudo.cas.attestation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.tpm.TpmPublic;
import dev.testudo.trust.channel.CredentialRequest;
import dev.testudo.trust.generator.TpmMachine;
import dev.testudo.trust.generator.TpmProcess;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TpmChallengesTest {
  private static final int MAGIC = 0xbadc_c0de;

  @TempDir private Path folder;

  private static TpmChallenges challenges(int key) {
    var bytes = new byte[32];
    bytes[0] = (byte) key;
    return new TpmChallenges(TicketKey.of(Secret.taking(bytes)), new SecureRandom());
  }

  private Octets area(String file) throws IOException {
    var all = Files.readAllBytes(folder.resolve(file));
    return Octets.of(Arrays.copyOfRange(all, 2, all.length));
  }

  /// `tpm2-tools` and a TPM in software open what CAS makes.
  @Test
  @Timeout(120)
  void onlyTheTpmWithBothKeysOpensTheCredential() throws Exception {
    try (var tpm = TpmProcess.start(folder)) {
      tpm.run(folder, "tpm2_createek", "-G", "rsa", "-c", "ek.ctx", "-u", "ek.pub");
      tpm.run(folder, "tpm2_flushcontext", "-t");
      var words = new ArrayList<>(List.of("tpm2_createak"));
      words.addAll(List.of("-G", "ecc", "-g", "sha256", "-s", "ecdsa"));
      words.addAll(List.of("-u", "ak.pub", "-n", "ak.name", "-C", "ek.ctx", "-c", "ak.ctx"));
      tpm.run(folder, words.toArray(String[]::new));
      tpm.run(folder, "tpm2_flushcontext", "-t");
      var request = new CredentialRequest(area("ek.pub"), area("ak.pub"));
      var challenges = challenges(1);
      var challenge = challenges.challenge(request);
      var out = ByteBuffer.allocate(1024).putInt(MAGIC).putInt(1);
      for (var part : List.of(challenge.blob(), challenge.secret())) {
        out.putShort((short) part.length()).put(part.toBytes());
      }
      Files.write(folder.resolve("blob"), Arrays.copyOf(out.array(), out.position()));
      tpm.run(folder, "tpm2_startauthsession", "--policy-session", "-S", "session");
      tpm.run(folder, "tpm2_policysecret", "-S", "session", "-c", "e");
      words = new ArrayList<>(List.of("tpm2_activatecredential"));
      words.addAll(List.of("-c", "ak.ctx", "-C", "ek.ctx", "-i", "blob", "-o", "opened"));
      words.addAll(List.of("-P", "session:session"));
      tpm.run(folder, words.toArray(String[]::new));
      var expected =
          challenges.of(new TpmPublic(area("ek.pub")).name(), new TpmPublic(area("ak.pub")).name());
      assertArrayEquals(
          expected.orElseThrow().toBytes(), Files.readAllBytes(folder.resolve("opened")));
    }
  }

  @Test
  void theCredentialBelongsToBothKeysAndThisCas() {
    var one = challenges(1);
    var ek = Octets.ofHex("000b" + "01".repeat(32));
    var ak = Octets.ofHex("000b" + "02".repeat(32));
    assertEquals(one.of(ek, ak), one.of(ek, ak));
    assertNotEquals(one.of(ek, ak), one.of(ak, ek));
    assertNotEquals(one.of(ek, ak), one.of(ek, ek));
    assertNotEquals(one.of(ek, ak), challenges(2).of(ek, ak));
  }

  @Test
  void aKeyThatMustNotAttestIsNotChallenged() {
    var machine = new TpmMachine().attributes(TpmMachine.ATTESTS & ~2);
    var request = new CredentialRequest(machine.endorsementArea(), machine.attestationArea());
    var refused = assertThrows(EvidenceException.class, () -> challenges(1).challenge(request));
    assertEquals(RejectionId.WRONG_TPM_KEY, refused.id());
    var swapped = new CredentialRequest(machine.attestationArea(), machine.endorsementArea());
    assertThrows(EvidenceException.class, () -> challenges(1).challenge(swapped));
  }
}
