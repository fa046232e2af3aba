package dev.testudo.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// No part of a secret appears in diagnostics, whatever else is wrong in the file, even if it is
/// not YAML at all.
class SecretsStayHiddenTest {
  private static final int WINDOW = 6;

  /// Characters of which no word of a message consists.
  private static final String[] RARE = {"Q", "X", "Z", "7", "9", "K"};

  private static final String SESSION =
      """
      name: app
      version: 0.3.10
      security:
        service_access_token: %s
        attestation: {mode: none, one_time_password_shared_secret: %s}
      secrets:
        - {name: a, kind: ascii, value: %s, size: 3}
        - name: b
          kind: binary
          value: %s
        - name: c
          kind: x509
          private_key: nosuch
          valu: %s
        - {kind: jwt, name: d, payload: {password: %s}}
      services:
        - name: app
          command: [app, x, --password=%s]
          fspf_key: %s
          environment: {PASSWORD: %s, B: [%s]}
          fspf_tag: 1
        - {name: app, fspf_key: %s, one_time_password_shared_secret: %s, pwd: [x]}
      images:
        - name: i
          injection_files:
            - {path: x, content: %s, permission: 9}
            - path: /f
              content: |
                password=%s
      volumes: {key: %s}
      """;

  private static final String MANIFEST =
      """
      apiVersion: scone/5
      kind: genservice
      build: {name: a, kind: python, to: "a:1", command: "a %s", pasword: %s}
      environment:
        local:
          - {name: PASSWORD, value: %s, valu: %s}
          - {name: SCONE_NETWORK_SHIELD_SERVER_1_IDENTITY, value: %s}
          - {name: A=B, value: %s}
        global: [{name: C, value: %s, x: y}]
      secrets:
        global:
          - {name: a, kind: ascii, value: %s, size: -1}
        imports: %s
      injection_files:
        - {path: x, content: %s}
      """;

  private static final String MESH =
      """
      apiVersion: scone/5
      kind: mesh
      cas: {name: nothing, token: %s}
      policy: {namespace: a//b}
      env:
        - {name: PASSWORD, value: %s, x: y}
        - service: nosuch
          env: [{name: P, value: %s}, {name: A=B, value: %s}]
      services: [{image: x, env: {name: A, value: %s, sevice: a}}]
      helm_extra_values: {mariadb: {password: %s}}
      """;

  @Test
  void whateverElseIsWrong() {
    Cases.check(
        cases -> {
          var secrets = new ArrayList<String>();
          var text = filled(cases, cases.oneOf(SESSION, MANIFEST, MESH), secrets);
          check(broken(cases, text), secrets);
        });
  }

  @Test
  void theWholeFilesHaveMistakesBesideTheirSecrets() {
    for (var file : List.of(SESSION, MANIFEST, MESH)) {
      var text = file.replace("%s", "QXZ79KQX");
      assertTrue(read(new SourceFile("f.yaml", text)).size() >= 4, text);
      check(text, List.of("QXZ79KQX"));
    }
  }

  @Test
  void theValuesOfVariablesAreNotQuoted() {
    var text =
        """
        name: $A/x y
        version: $A
        services: [{name: $A, command: "$A", pwd: x, image_name: $A, permission: $A}]
        secrets: [{name: s, kind: $A}, {name: k, kind: x509, private_key: $A, dns: $A, san: $A}]
        images: [{name: i, injection_files: [{path: $A, content: "$A", permission: $A}]}]
        access_policy: {read: $A}
        security: {attestation: {tolerate: $A, ignore_advisories: $A}}
        """;
    for (var value :
        List.of("QXZ79KQX KX//", "QXZ79KQX\nKQZ", "QXZ79KQX:1", "`a`QXZ79KQX` QXZ79KQX`x")) {
      var source = new SourceFile("f.yaml", text);
      var found = SessionParser.read(source, Map.of("A", value)).diagnostics();
      assertTrue(found.size() >= 8, () -> Diagnostics.render(found));
      assertShowNothingOf("QXZ79KQX", Diagnostics.render(found));
    }
  }

  @Test
  void theRestOfAValueWithACommaIsNotTakenForAKey() {
    check(
        """
        name: app
        version: 0.3.10
        secrets:
          - {name: a, kind: ascii, value: x,QXZ79KQX}
        services:
          - {name: s, environment: {PASSWORD: x,QXZ79KQX=, B: [x]}}
        """,
        List.of("QXZ79KQX"));
  }

  @Test
  void commentsAreNotShown() {
    for (var text :
        List.of(
            "name: a\nversion: 1 # QXZ79KQX\n",
            "name: a\nversion: 'x # y' \t# QXZ79KQX\nsecrets: [x] # it's QXZ79KQX",
            "name: a\nversion: [ # QXZ79KQX\n")) {
      assertFalse(read(new SourceFile("f.yaml", text)).isEmpty(), text);
      check(text, List.of("QXZ79KQX"));
    }
  }

  @Test
  void aPrivateKeyIsHiddenEvenWhereAnotherValueIsExpected() {
    var pem = "\"-----BEGIN PRIVATE KEY-----\\nQXZ79KQX\"";
    check(
        """
        name: app
        version: 0.3.10
        secrets:
          - {name: c, kind: x509, private_key: %s, issuer: %s, dns: [%s]}
          - {name: %s, kind: %s}
        access_policy: {read: [%s], update: [{signer: %s}]}
        """
            .replace("%s", pem),
        List.of("QXZ79KQX"));
  }

  /// Returns the text with a new secret, in one of several notations, at each mark.
  private static String filled(Cases cases, String file, List<String> secrets) {
    var parts = file.split("%s", -1);
    var text = new StringBuilder(parts[0]);
    for (var i = 1; i < parts.length; i++) {
      var secret = new StringBuilder("QX");
      while (secret.length() < 12) {
        secret.append(cases.oneOf(RARE));
      }
      secrets.add(secret.toString());
      var quote = cases.oneOf("", "", "'", "\"");
      text.append(quote).append(cases.oneOf("", "", "!", "*", "&")).append(secret);
      text.append(quote).append(parts[i]);
    }
    return text.toString();
  }

  /// Returns the text after up to two typing mistakes.
  private static String broken(Cases cases, String text) {
    var result = new StringBuilder(text);
    for (var left = cases.below(3); left > 0; left--) {
      var at = cases.below(result.length());
      switch (cases.below(3)) {
        case 0 -> result.deleteCharAt(at);
        case 1 ->
            result.insert(
                at,
                cases.oneOf("\t", ":", ": ", "{", "}", "[", "]", "\"", "'", "\n", "#", "&", "*"));
        default -> result.setCharAt(at, cases.oneOf("x", " ", "\n", ":", ",").charAt(0));
      }
    }
    return result.toString();
  }

  private static void check(String text, List<String> secrets) {
    var shown = Diagnostics.render(read(new SourceFile("f.yaml", text)));
    secrets.forEach(secret -> assertShowNothingOf(secret, shown));
  }

  private static List<Diagnostic> read(SourceFile source) {
    var found = new ArrayList<Diagnostic>();
    found.addAll(SessionParser.read(source).diagnostics());
    found.addAll(SessionParser.read(source, Map.of("A", "b")).diagnostics());
    found.addAll(ServiceManifest.read(source).diagnostics());
    found.addAll(Mesh.read(source).diagnostics());
    return found;
  }

  private static void assertShowNothingOf(String secret, String shown) {
    for (var from = 0; from + WINDOW <= secret.length(); from++) {
      var part = secret.substring(from, from + WINDOW);
      assertFalse(shown.contains(part), () -> part + " in\n" + shown);
    }
  }
}
