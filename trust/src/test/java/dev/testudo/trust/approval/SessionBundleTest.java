package dev.testudo.trust.approval;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.DetachedSignature;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class SessionBundleTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String YAML = "name: demo\nversion: \"0.3\"\n";
  private static final KeyHash CAS = hash();
  private static final KeyHash CREATOR = hash();

  private static KeyPair pair(KeyAlgorithm algorithm) {
    return algorithm.generate(RANDOM);
  }

  private static KeyHash hash() {
    return KeyHash.of(pair(KeyAlgorithm.P_256).getPublic());
  }

  private static SessionBundle bundle(String yaml) {
    return new SessionBundle(
        new ApprovalMessage(
            CAS,
            new SessionName("demo"),
            Optional.of(new SessionHash("ab".repeat(32))),
            SessionHash.of(CREATOR.text(), yaml),
            Instant.parse("2026-12-01T00:00:00Z")),
        CREATOR,
        yaml,
        List.of());
  }

  private static Approval signed(SessionBundle bundle, KeyPair by) throws PkiException {
    return Approval.of(by.getPrivate(), by.getPublic(), bundle.message());
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"RSA_2048", "RSA_3072"},
      mode = Mode.EXCLUDE)
  void aSignatureSurvivesTheJourney(KeyAlgorithm algorithm) throws PkiException, IOException {
    var signer = pair(algorithm);
    var bundle = bundle(YAML);
    var arrived = SessionBundle.decode(bundle.with(signed(bundle, signer)).encode());
    assertEquals(Set.of(KeyHash.of(signer.getPublic())), arrived.verified());
  }

  @Test
  void anRsaKeyCannotApprove() {
    var signer = pair(KeyAlgorithm.RSA_2048);
    var e = assertThrows(PkiException.class, () -> signed(bundle(YAML), signer));
    assertEquals(PkiException.Fault.UNSUPPORTED, e.fault());
  }

  @Test
  void whatIsSignedIsReadable() {
    assertEquals(
        """
        testudo session approval v1
        cas %s
        session demo
        predecessor %s
        hash %s
        expires 2026-12-01T00:00:00Z
        """
            .formatted(CAS, "ab".repeat(32), SessionHash.of(CREATOR.text(), YAML)),
        new String(bundle(YAML).message().bytes(), UTF_8));
  }

  /// Each part of what is signed: whoever changes it voids the signature.
  @Test
  void anyChangeVoidsTheSignature() throws PkiException {
    var signer = pair(KeyAlgorithm.ED25519);
    var m = bundle(YAML).message();
    var approval = signed(bundle(YAML), signer);
    assertTrue(approval.verified(m).isPresent());
    var other = new SessionHash("cd".repeat(32));
    for (var changed :
        List.of(
            new ApprovalMessage(hash(), m.session(), m.predecessor(), m.hash(), m.expires()),
            new ApprovalMessage(
                m.cas(), new SessionName("demo2"), m.predecessor(), m.hash(), m.expires()),
            new ApprovalMessage(m.cas(), m.session(), Optional.empty(), m.hash(), m.expires()),
            new ApprovalMessage(m.cas(), m.session(), Optional.of(other), m.hash(), m.expires()),
            new ApprovalMessage(m.cas(), m.session(), m.predecessor(), other, m.expires()),
            new ApprovalMessage(
                m.cas(), m.session(), m.predecessor(), m.hash(), m.expires().plusSeconds(1)))) {
      assertEquals(Optional.empty(), approval.verified(changed), changed::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"name: demo", "ab", "2026-12-01", "testudo-session-bundle-v1"})
  void aBundleWhoseTextIsNotWhatItsHashSaysIsNone(String part) {
    var text = new String(bundle(YAML).encode(), UTF_8);
    var at = text.indexOf(part);
    var changed = text.substring(0, at) + "x" + text.substring(at + 1);
    var bytes = changed.getBytes(UTF_8);
    assertThrows(MessageException.class, () -> SessionBundle.decode(bytes));
  }

  @Test
  void signingTwiceIsSigningOnce() throws PkiException {
    var signer = pair(KeyAlgorithm.P_384);
    var bundle = bundle(YAML);
    var twice = bundle.with(signed(bundle, signer)).with(signed(bundle, signer));
    assertEquals(1, twice.approvals().size());
    var smuggled = new ArrayList<>(twice.approvals());
    smuggled.add(signed(bundle, signer));
    assertEquals(1, new SessionBundle(bundle.message(), CREATOR, YAML, smuggled).verified().size());
  }

  @Test
  void moreSignaturesThanTheLimitAreNotRead() throws PkiException, MessageException {
    var bundle = bundle(YAML);
    var one = signed(bundle, pair(KeyAlgorithm.ED25519));
    var most = Collections.nCopies(SessionBundle.MOST_APPROVALS, one);
    var full = new SessionBundle(bundle.message(), CREATOR, YAML, most);
    SessionBundle.decode(full.encode());
    var text = new String(full.encode(), UTF_8);
    var first = text.indexOf("{\"signer\"");
    var more = text.substring(0, first) + text.substring(first, text.indexOf('}', first) + 1);
    var tooMany = (more + "," + text.substring(first)).getBytes(UTF_8);
    assertThrows(MessageException.class, () -> SessionBundle.decode(tooMany));
  }

  @Test
  void damagedKeysAndSignaturesCountForNobody() throws PkiException {
    var bundle = bundle(YAML);
    var good = signed(bundle, pair(KeyAlgorithm.P_384));
    for (var bad :
        List.of(
            new Approval("", ""),
            new Approval("!", good.signature()),
            new Approval(good.signer(), "!"),
            new Approval(good.signer(), ""),
            new Approval(good.signer(), good.signature().substring(4)),
            new Approval(good.signer().substring(4), good.signature()),
            new Approval(good.signer(), "A".repeat(1 << 16)),
            // An ECDSA signature with r = s = 0 (CVE-2022-21449).
            new Approval(good.signer(), "MAYCAQACAQA="))) {
      assertEquals(Set.of(), bundle.with(bad).verified());
    }
  }

  @Test
  void opensslMakesTheSameSignatures(@TempDir Path work)
      throws IOException, InterruptedException, PkiException {
    var bundle = bundle(YAML);
    var message = Files.write(work.resolve("message"), bundle.message().bytes()).toString();
    for (var kind : List.of("ed25519", "ec:secp384r1", "ec:prime256v1")) {
      var key = work.resolve("key").toString();
      var out = work.resolve("signature").toString();
      var parts = kind.split(":", -1);
      if (parts.length == 1) {
        openssl("genpkey", "-algorithm", kind, "-out", key);
        openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", message, "-out", out);
      } else {
        openssl("ecparam", "-name", parts[1], "-genkey", "-noout", "-out", key);
        var digest = parts[1].contains("384") ? "-sha384" : "-sha256";
        openssl("dgst", digest, "-sign", key, "-out", out, message);
      }
      openssl("pkey", "-in", key, "-pubout", "-out", key + ".pub");
      var publicKey = PublicKeys.fromPem(Files.readString(Path.of(key + ".pub")));
      var signature = Files.readAllBytes(Path.of(out));
      assertTrue(DetachedSignature.verifies(publicKey, bundle.message().bytes(), signature), kind);
      var approval = Approval.of(publicKey, signature);
      assertEquals(Set.of(KeyHash.of(publicKey)), bundle.with(approval).verified(), kind);
    }
  }

  private static void openssl(String... words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("openssl"));
    Collections.addAll(command, words);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), said);
    assertEquals(0, process.exitValue(), said);
  }
}
