package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PrivateKeys;
import dev.testudo.trust.pki.PublicKeys;
import dev.testudo.trust.pki.TrustAnchors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest extends WithTestCas {
  private static final String PKI =
      """
      secrets:
        - {name: ca-key, kind: private-key, migrate: true}
        - {name: ca, kind: x509-ca, common_name: My CA, private_key: ca-key}
        - {name: mid-key, kind: private-key, key_type: P-384, migrate: true}
        - {name: mid, kind: x509-ca, private_key: mid-key, issuer: ca}
        - {name: key, kind: private-key, key_type: Ed25519, migrate: true}
        - {name: leaf, kind: x509, private_key: key, issuer: mid, endpoint: server, dns: [redis], valid_for: 90 days}
      """;

  private String shown(String template, String secrets) throws IOException {
    cas.create(TestCas.showing("a", template, secrets));
    return cas.shown("a");
  }

  private static List<X509Certificate> certificates(String pem) throws PkiException {
    return TrustAnchors.fromPem(pem).certificates();
  }

  @Test
  void passwordsAreLettersAndDigitsOfTheLengthAskedFor() throws IOException {
    var value = shown("$$SCONE::p$$", "secrets: [{name: p, kind: ascii, size: 40}]\n");
    assertTrue(value.matches("[A-Za-z0-9]{40}"), value);
  }

  @Test
  void generatedValuesSurviveRestartsAndUpdates() throws IOException {
    var secrets = "secrets: [{name: p, kind: ascii}, {name: b, kind: binary}]\n";
    var before = shown("$$SCONE::p$$ $$SCONE::b:hex$$", secrets);
    cas.restart();
    assertEquals(before, cas.shown("a"));
    cas.update("a", TestCas.showing("a", "$$SCONE::p$$ $$SCONE::b:hex$$", secrets) + "# changed\n");
    assertEquals(before, cas.shown("a"));
    cas.restart();
    assertEquals(before, cas.shown("a"));
  }

  @Test
  void anotherSizeIsAnotherSecret() throws IOException {
    var before = shown("$$SCONE::p$$", "secrets: [{name: p, kind: ascii, size: 20}]\n");
    cas.update(
        "a", TestCas.showing("a", "$$SCONE::p$$", "secrets: [{name: p, kind: ascii, size: 21}]\n"));
    assertEquals(21, cas.shown("a").length());
    assertNotEquals(before, cas.shown("a").substring(0, 20));
  }

  @Test
  void aPrivateKeyIsKeptOnlyIfBothRevisionsMigrateIt() throws IOException {
    var migrating = "secrets: [{name: k, kind: private-key, migrate: true}]\n";
    var first = shown("$$SCONE::k$$", migrating);
    cas.update("a", TestCas.showing("a", "$$SCONE::k$$", migrating) + "# again\n");
    assertEquals(first, cas.shown("a"));
    var not = "secrets: [{name: k, kind: private-key}]\n";
    cas.update("a", TestCas.showing("a", "$$SCONE::k$$", not));
    var second = cas.shown("a");
    assertNotEquals(first, second);
    cas.update("a", TestCas.showing("a", "$$SCONE::k$$", migrating));
    assertNotEquals(second, cas.shown("a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-256", "P-384", "Ed25519", "RSA-2048", "RSA-3072"})
  void keysOfEveryTypeAreMade(String type) throws IOException, PkiException {
    var value =
        shown(
            "$$SCONE::k:pem$$$$SCONE::p:spki:pem$$",
            "secrets: [{name: k, kind: private-key, key_type: %s}, {name: p, kind: public-key, private_key: k}]\n"
                .formatted(type));
    var split = value.indexOf("-----BEGIN PUBLIC");
    var key = PrivateKeys.fromPem(value.substring(0, split));
    var publicKey = PublicKeys.fromPem(value.substring(split));
    assertTrue(PrivateKeys.belongTogether(key, publicKey));
  }

  @Test
  void binarySecretsHaveTheirFormats() throws IOException {
    var given = "secrets: [{name: b, kind: binary, value: 00ff10fa}]\n";
    var bytes = HexFormat.of().parseHex("00ff10fa");
    assertEquals(
        "00ff10fa AP8Q-g== AP8Q+g== AD7RB6Q= AD7RB6Q",
        shown(
            "$$SCONE::b:hex$$ $$SCONE::b:base64url$$ $$SCONE::b:base64$$ $$SCONE::b:base32$$ $$SCONE::b:base32nopad$$",
            given));
    cas.create(
        TestCas.showing("c", "$$SCONE::b.hex$$", given)
            .replaceFirst("content: .*", "content: \"x\\$\\$SCONE::b\\$\\$y\""));
    var content = cas.fetch("c/s").files().getFirst().content().reveal(byte[]::clone);
    assertArrayEquals(new byte[] {'x', bytes[0], bytes[1], bytes[2], bytes[3], 'y'}, content);
  }

  @Test
  void writtenValuesKeepTheirLinesAndDigitsMayHaveSome() throws IOException {
    assertEquals(
        "first\n\tsecond\n|00ff10",
        shown(
            "$$SCONE::a$$|$$SCONE::b:hex$$",
            """
            secrets:
              - {name: a, kind: ascii, value: "first\\n\\tsecond\\n"}
              - name: b
                kind: binary
                value: |
                  00ff
                  10
            """));
  }

  @Test
  void textIsEscapedForJsonWhereAsked() throws IOException {
    assertEquals(
        "a\\\"b\\\\c|a\"b\\c",
        shown(
            "$$SCONE::p|escape(json)$$|$$SCONE::p$$",
            "secrets: [{name: p, kind: ascii, value: 'a\"b\\c'}]\n"));
  }

  @Test
  void whatIsPutInIsNotLookedAtAgain() throws IOException {
    assertEquals(
        "$$SCONE::q$$",
        shown(
            "$$SCONE::p$$",
            "secrets: [{name: p, kind: ascii, value: '$$SCONE::q$$'}, {name: q, kind: ascii, value: x}]\n"));
  }

  @Test
  void adjacentKeyAndCertificateAreAnIdentity() throws IOException, PkiException {
    var identity =
        Identity.fromPem(shown("$$SCONE::key:pem$$$$SCONE::leaf:crt$$$$SCONE::leaf:chain$$", PKI));
    assertEquals(2, identity.chain().size());
    assertEquals("CN=My CA", identity.chain().getLast().getSubjectX500Principal().getName());
    cas.create(
        TestCas.showing(
            "b", "$$SCONE::leaf:privatekey$$$$SCONE::leaf$$$$SCONE::leaf:chain$$", PKI));
    assertEquals(2, Identity.fromPem(cas.shown("b")).chain().size());
  }

  @Test
  void chainsOfCasSatisfyTheJdk() throws Exception {
    var all = certificates(shown("$$SCONE::leaf$$$$SCONE::leaf:chain$$", PKI));
    var path = new ArrayList<>(all);
    var anchor = new TrustAnchor(path.removeLast(), null);
    var parameters = new PKIXParameters(Set.of(anchor));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(cas.clock.instant()));
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    assertEquals(List.of("1.3.6.1.5.5.7.3.1"), path.getFirst().getExtendedKeyUsage());
    assertEquals("[[2, redis]]", String.valueOf(path.getFirst().getSubjectAlternativeNames()));
  }

  @Test
  void theOldChainStartsAtTheRootAndEndsWithTheCertificate() throws IOException, PkiException {
    var value =
        shown(
                "$$SCONE::leaf.crt$$|$$SCONE::leaf.chain$$|$$SCONE::leaf:chain$$|$$SCONE::leaf.key$$",
                PKI)
            .split("\\|", -1);
    var leaf = certificates(value[0]);
    var old = certificates(value[1]);
    var chain = certificates(value[2]);
    assertEquals(List.of(chain.get(1), chain.get(0), leaf.getFirst()), old);
    assertEquals(2, chain.size());
    var key = PrivateKeys.fromPem(value[3]);
    assertEquals(KeyHash.of(leaf.getFirst()), KeyHash.of(PrivateKeys.publicKeyOf(key)));
  }

  @Test
  void theOldChainOfASelfSignedAuthorityIsItselfAndTheNewOneIsEmpty() throws IOException {
    var value =
        shown("$$SCONE::ca.chain$$|$$SCONE::ca:chain$$|$$SCONE::ca$$", PKI).split("\\|", -1);
    assertEquals(value[2], value[0]);
    assertEquals("", value[1]);
  }

  @Test
  void pkcs12HoldsKeyAndChain() throws Exception {
    cas.create(
        TestCas.showing("a", "x", PKI)
            .replace("content: \"x\"", "content: \"$$SCONE::leaf:pkcs12-with-private-key$$\""));
    var bytes = cas.fetch("a/s").files().getFirst().content().reveal(byte[]::clone);
    var store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(bytes), new char[0]);
    assertEquals(3, store.getCertificateChain(store.aliases().nextElement()).length);
  }

  @Test
  void certificatesAreKeptUntilTheSessionChanges() throws IOException {
    var template = "$$SCONE::ca$$|$$SCONE::leaf$$|$$SCONE::key$$";
    var before = shown(template, PKI).split("\\|", -1);
    assertArrayEquals(before, cas.shown("a").split("\\|", -1));
    cas.restart();
    assertArrayEquals(before, cas.shown("a").split("\\|", -1));
    cas.update("a", TestCas.showing("a", template, PKI) + "# changed\n");
    var after = cas.shown("a").split("\\|", -1);
    assertNotEquals(before[0], after[0]);
    assertNotEquals(before[1], after[1]);
    assertEquals(before[2], after[2]);
  }

  /// The table of docs/policy-language.md, "Updates".
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kept | kind: ascii | kind: ascii",
        "new  | kind: ascii | kind: ascii, size: 21",
        "new  | kind: ascii | kind: binary, size: 20",
        "kept | kind: binary | kind: binary, size: 20",
        "new  | kind: binary | kind: binary, size: 21",
        "kept | kind: private-key, migrate: true | kind: private-key, migrate: true",
        "new  | kind: private-key | kind: private-key",
        "new  | kind: private-key, migrate: true | kind: private-key",
        "new  | kind: private-key | kind: private-key, migrate: true",
        "new  | kind: private-key, migrate: true | kind: private-key, migrate: true, key_type: P-384",
        "kept | kind: public-key, private_key: stays | kind: public-key, private_key: stays",
        "new  | kind: public-key, private_key: goes | kind: public-key, private_key: goes",
        "new  | kind: x509, private_key: stays | kind: x509, private_key: stays",
        "new  | kind: x509-ca, private_key: stays | kind: x509-ca, private_key: stays",
        "kept | kind: pgp-key | kind: pgp-key",
        "new  | kind: jwt, signer: stays | kind: jwt, signer: stays",
        "kept | kind: ascii, value: a | kind: ascii, value: a",
        "new  | kind: ascii, value: a | kind: ascii, value: b",
      })
  void anUpdateKeepsWhatTheLanguageSays(String fate, String before, String after)
      throws IOException {
    var secrets =
        """
        secrets:
          - {name: stays, kind: private-key, key_type: P-384, migrate: true}
          - {name: goes, kind: private-key}
          - {name: x, %s}
        """;
    var hex = before.startsWith("kind: binary") ? ":hex" : "";
    var old = shown("$$SCONE::x%s$$".formatted(hex), secrets.formatted(before));
    var newHex = after.startsWith("kind: binary") ? ":hex" : "";
    cas.update(
        "a",
        TestCas.showing("a", "$$SCONE::x%s$$".formatted(newHex), secrets.formatted(after))
            + "# changed\n");
    assertEquals(fate.equals("kept"), old.equals(cas.shown("a")));
  }

  @Test
  void certificatesAreRenewedBeforeTheyEnd() throws IOException, PkiException {
    var before = shown("$$SCONE::leaf$$", PKI);
    cas.clock.advance(Duration.ofDays(59));
    assertEquals(before, cas.shown("a"));
    cas.clock.advance(Duration.ofDays(2));
    var after = cas.shown("a");
    assertNotEquals(before, after);
    assertEquals(
        cas.clock.instant().plus(Duration.ofDays(90)),
        certificates(after).getFirst().getNotAfter().toInstant());
    assertEquals(after, cas.shown("a"));
  }

  @Test
  void aLeafAlwaysCarriesAName() throws Exception {
    var value =
        shown(
            "$$SCONE::c$$",
            "secrets: [{name: k, kind: private-key}, {name: c, kind: x509, private_key: k, common_name: My Client}]\n");
    assertEquals(
        "[[2, My-Client]]",
        String.valueOf(certificates(value).getFirst().getSubjectAlternativeNames()));
  }

  @Test
  void publicValuesAreThereForAnybodyAndOthersAreNot() throws IOException, PkiException {
    cas.create(
        TestCas.showing(
            "n",
            "x",
            PKI.replace("private_key: ca-key}", "private_key: ca-key, export_public: true}")));
    assertEquals(cas.publicValue("n", "ca"), cas.publicValue("n", "ca"));
    assertEquals(1, certificates(cas.publicValue("n", "ca")).size());
    for (var secret : List.of("ca-key", "leaf", "nothing")) {
      refused("unknown-value", () -> cas.publicValue("n", secret));
    }
  }

  @Test
  void publicValuesCanBePinnedToARevision() throws IOException {
    var hash =
        cas.create(
            "name: n\nversion: 0.3\nsecrets: [{name: p, kind: ascii, export_public: true}]\n");
    var value = cas.publicValue("n", "p");
    assertEquals(value, cas.publicValue("n,session_hash=" + hash, "p"));
    refused("unknown-session", () -> cas.publicValue("n,session_hash=" + "0".repeat(64), "p"));
  }

  @Test
  void writtenValuesAreUsedAsTheyAre() throws IOException, PkiException {
    var authority = Identity.ephemeral("given.example");
    var pem = Certificates.toPem(List.of(authority.certificate()));
    var indented = pem.indent(6);
    var value =
        shown("$$SCONE::c$$", "secrets:\n  - name: c\n    kind: x509\n    value: |\n" + indented);
    assertEquals(pem, value);
    assertEquals(authority.certificate(), certificates(value).getFirst());
    assertTrue(Base64.getMimeDecoder().decode(pem.lines().toList().get(1)).length > 0);
  }
}
