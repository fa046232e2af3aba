package dev.testudo.policy.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.AccessPolicy.AnyOf;
import dev.testudo.policy.session.AccessPolicy.Anyone;
import dev.testudo.policy.session.AccessPolicy.Creator;
import dev.testudo.policy.session.AccessPolicy.Nobody;
import dev.testudo.policy.session.CertificateRequest.AlternativeName;
import dev.testudo.policy.session.CertificateRequest.Endpoint;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial;
import dev.testudo.policy.session.SecretDefinition.Characters;
import dev.testudo.policy.session.SecretDefinition.KeyMaterial;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SecretKind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionTest {
  private static final String HASH = "ab".repeat(32);

  private static Session read(String yaml) {
    return value(SessionParser.read(new SourceFile("s.yaml", yaml)));
  }

  private static Session value(Parsed<Session> parsed) {
    return switch (parsed) {
      case Parsed.Valid<Session>(var session, _) -> session;
      case Parsed.Invalid<Session>(var problems) -> throw new AssertionError(problems);
    };
  }

  @Test
  void aCertificateHasItsKeyAndItsIssuer() {
    var session =
        read(
            """
            name: a
            version: 0.3
            secrets:
              - {name: leaf, kind: x509, private_key: key, issuer: ca, endpoint: server, dns: [b.c], san: "ip:::1", valid_for: 1 year 2d}
              - {name: ca, kind: x509-ca, private_key: ca_key, common_name: CA}
              - {name: ca_key, kind: private-key, key_type: Ed25519, migrate: "true"}
              - {name: key, import: {session: ./x, secret: k, session_hash: %s}}
            """
                .formatted(HASH.toUpperCase(Locale.ROOT)));
    var leaf = (SecretDefinition.Certificate) session.secret("leaf").orElseThrow();
    var issued = assertInstanceOf(CertificateMaterial.Issued.class, leaf.value());
    var key = assertInstanceOf(SecretDefinition.Imported.class, issued.key());
    assertEquals(new SessionName("a/x"), key.from());
    assertEquals(Optional.of(new SessionHash(HASH)), key.revision());
    var ca = assertInstanceOf(SecretDefinition.Authority.class, issued.issuer().orElseThrow());
    var root = assertInstanceOf(CertificateMaterial.Issued.class, ca.value());
    assertTrue(root.issuer().isEmpty());
    var caKey = assertInstanceOf(SecretDefinition.PrivateKey.class, root.key());
    assertEquals(new KeyMaterial.Generated(KeyType.ED25519, true), caKey.value());
    assertEquals(
        new CertificateRequest(
            "b.c",
            Optional.of(Endpoint.SERVER),
            List.of(new AlternativeName.Dns("b.c"), new AlternativeName.Ip("::1")),
            Optional.of(Duration.ofDays(367))),
        issued.profile());
    assertEquals("CA", root.profile().commonName());
    assertEquals(Optional.empty(), key.kind());
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    var session = read("name: a\nversion: \"0.3\"\nsecrets: [{name: s, kind: ascii}]\n");
    assertEquals(AccessPolicy.DEFAULT, session.accessPolicy());
    assertEquals(Security.AttestationMode.HARDWARE, session.security().mode());
    assertEquals("name", session.security().span().source().text().substring(0, 4));
    var secret = (SecretDefinition.Ascii) session.secret("s").orElseThrow();
    assertEquals(new Characters.Generated(20), secret.value());
    assertEquals(Optional.of(SecretKind.ASCII), secret.kind());
    assertTrue(secret.declaration().exports().isEmpty());
    assertFalse(secret.declaration().exportPublic());
  }

  @Test
  void aServiceHasItsWordsVariablesAndFiles() {
    var session =
        read(
            """
            name: a
            version: "0.3"
            services:
              - name: app
                image_name: img:1
                command: run "two words" ''  '$$SCONE::s$$x'
                pwd: /w
                environment: {A: 1, B: null, C: $HOME}
                attestation: {mrenclave: %s}
            images: [{name: "img:1", injection_files: [{path: /f, content: $$SCONE::s$$, permission: 0o440}, {path: /g, content: ""}]}]
            secrets: [{name: s, kind: ascii}]
            """
                .formatted(HASH));
    var service = session.service("app").orElseThrow();
    assertEquals(
        List.of("run", "two words", "", "<s>x"),
        service.launch().command().stream()
            .map(w -> ((Argument.Given) w).template())
            .map(w -> w.expand(p -> "<" + p.secret() + ">"))
            .toList());
    assertEquals(List.of("A", "B", "C"), List.copyOf(service.launch().environment().keySet()));
    assertEquals(
        List.of("1", "", "$HOME"),
        service.launch().environment().values().stream()
            .map(v -> ((Variable.Given) v).template().expand(_ -> ""))
            .toList());
    assertEquals(Optional.of("/w"), service.launch().workingDirectory());
    var files = service.image().orElseThrow().files();
    assertEquals(0440, files.get(0).permission());
    assertEquals(0700, files.get(1).permission());
    assertEquals(1, files.get(0).content().orElseThrow().placeholders().size());
    assertEquals(HASH, service.requirements().rules().getFirst().measurements().getFirst().value());
  }

  @Test
  void variablesOfATemplateAreReplacedAndAFinishedSessionHasNone() {
    var source = new SourceFile("s.yaml", "name: $NS/x\nversion: 0.3\npredecessor: $P\n");
    var session = value(SessionParser.read(source, Map.of("NS", "app", "P", "~")));
    assertEquals(new SessionName("app/x"), session.name());
    assertEquals(Optional.empty(), session.lineage().predecessor());
    assertInstanceOf(Parsed.Invalid.class, SessionParser.read(source));
  }

  @Test
  void accessFollowsUpdateAndReadWhereItIsNotSaid() {
    var policy =
        read("name: a\nversion: \"0.3\"\naccess_policy: {read: ANY, update: NONE}\n")
            .accessPolicy();
    assertEquals(new AccessPolicy(new Anyone(), new Nobody(), new Nobody(), new Anyone()), policy);
    var listed =
        read(
            "name: a\nversion: \"0.3\"\naccess_policy: {read: [{require-at-least-1: [CREATOR, CREATOR]}]}\n");
    var quorum = new AccessPolicy.Quorum(1, List.of(new Creator(), new Creator()));
    assertEquals(new AnyOf(List.of(quorum)), listed.accessPolicy().read());
  }

  @Test
  void relativeNamesStartFromTheSession() {
    var here = new SessionName("a/b");
    assertEquals(Optional.of(new SessionName("a/x")), here.resolve("../x"));
    assertEquals(Optional.of(new SessionName("x")), here.resolve("../../x"));
    assertEquals(Optional.of(new SessionName("a/b/x")), here.resolve("./x"));
    assertEquals(Optional.of(new SessionName("a")), here.resolve(".."));
    assertEquals(Optional.of(SessionName.ROOT), here.resolve("../.."));
    assertEquals(Optional.empty(), here.resolve("../../.."));
    assertEquals(Optional.of(new SessionName("x/y")), here.resolve("x/y"));
    for (var wrong : List.of("", "a//b", "/a", "a/", "a b", "a/../b", "x".repeat(129))) {
      assertEquals(Optional.empty(), SessionName.parse(wrong), wrong);
    }
    assertTrue(here.isWithin(new SessionName("a")));
    assertFalse(new SessionName("ab").isWithin(new SessionName("a")));
  }

  @Test
  void anExportNamesASessionOrAWholeNamespace() {
    var session =
        read(
            """
            name: ns/a
            version: "0.3"
            secrets: [{name: s, kind: ascii, export: [{session: ../b}, {namespace: ../deep}]}]
            """);
    var exports = session.secret("s").orElseThrow().declaration().exports();
    assertTrue(exports.get(0).names(new SessionName("ns/b")));
    assertFalse(exports.get(0).names(new SessionName("ns/b/c")));
    assertTrue(exports.get(1).names(new SessionName("ns/deep/er")));
    assertFalse(exports.get(1).names(new SessionName("ns/c")));
  }

  @Test
  void secretsDoNotPrint() {
    var session =
        read(
            """
            name: a
            version: "0.3"
            security: {service_access_token: letmein}
            secrets: [{name: s, kind: ascii, value: hunter2}]
            """);
    assertFalse(session.toString().contains("hunter2"));
    assertFalse(session.toString().contains("letmein"));
  }
}
