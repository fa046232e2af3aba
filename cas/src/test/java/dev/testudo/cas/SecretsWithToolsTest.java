package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What CAS delivers is read by the tools that people use: openssl, GnuTLS, keytool, gpg, Python
/// and Go.
class SecretsWithToolsTest extends WithTestCas {
  @TempDir private Path files;

  private static final String KEYS =
      """
      secrets:
        - {name: signer, kind: private-key, key_type: P-384, migrate: true}
        - {name: public, kind: public-key, private_key: signer}
        - {name: who, kind: ascii, value: alice}
        - name: t
          kind: jwt
          signer: signer
          alg: ES384
          validity: {for: 2h}
          payload: {iss: testudo, sub: $$SCONE::who$$, id: "$$SCONE::self::software_identity$$"}
      """;

  /// Runs a tool, which must succeed, and returns what it prints.
  private String run(String... command) throws IOException, InterruptedException {
    var result = tool(command);
    assertEquals(0, result.code(), () -> String.join(" ", command) + "\n" + result.output());
    return result.output();
  }

  private record Result(int code, String output) {}

  private Result tool(String... command) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true).directory(files.toFile());
    builder.environment().put("GNUPGHOME", files.toString());
    builder.environment().put("GOCACHE", files.resolve("go-cache").toString());
    var output = files.resolve("output");
    var process = builder.redirectOutput(output.toFile()).start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> String.join(" ", command));
      return new Result(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
    } finally {
      process.destroyForcibly();
    }
  }

  /// Registers a session that delivers each of `formats` as a file, and writes these files.
  private List<Path> deliver(String secrets, String... formats) throws IOException {
    var injected = new StringBuilder();
    for (var i = 0; i < formats.length; i++) {
      injected.append("      - {path: /f%d, content: \"%s\"}\n".formatted(i, formats[i]));
    }
    var yaml = TestCas.showing("a", "x", secrets);
    var from = yaml.indexOf("      - path: /f");
    var to = yaml.indexOf("secrets:", from);
    cas.create(yaml.substring(0, from) + injected + yaml.substring(to));
    var written = new ArrayList<Path>();
    for (var file : cas.fetch("a/s").files()) {
      var path = files.resolve(file.path().substring(1));
      Files.write(path, file.content().reveal(byte[]::clone));
      written.add(path);
    }
    return written;
  }

  @Test
  void aTokenIsVerifiedByPyJwt() throws Exception {
    cas.create(TestCas.showing("a", "$$SCONE::t$$ $$SCONE::public$$", KEYS));
    var parts = cas.shown("a").split(" ", 2);
    Files.writeString(files.resolve("token"), parts[0]);
    Files.writeString(files.resolve("key.pem"), parts[1]);
    var verify =
        """
        import jwt, json
        claims = jwt.decode(open('token').read(), open('key.pem').read(), algorithms=['ES384'],
                            options={'verify_exp': False, 'verify_nbf': False, 'verify_iat': False})
        print(json.dumps(claims, sort_keys=True))
        """;
    var now = cas.clock.instant().getEpochSecond();
    assertEquals(
        "{\"exp\": %d, \"iat\": %d, \"id\": \"%s\", \"iss\": \"testudo\", \"nbf\": %d, \"sub\": \"alice\"}"
            .formatted(now + 7200, now, TestCas.GOOD.hex(), now),
        run("/usr/bin/python3", "-c", verify).strip());
    var signature = parts[0].lastIndexOf('.') + 10;
    var other = parts[0].charAt(signature) == 'A' ? 'B' : 'A';
    Files.writeString(
        files.resolve("token"),
        parts[0].substring(0, signature) + other + parts[0].substring(signature + 1));
    assertNotEquals(0, tool("/usr/bin/python3", "-c", verify).code());
  }

  @Test
  void eachDeliveryHasAFreshToken() throws IOException {
    cas.create(TestCas.showing("a", "$$SCONE::t$$", KEYS));
    var first = cas.shown("a");
    cas.clock.advance(Duration.ofSeconds(1));
    var second = cas.shown("a");
    assertNotEquals(first.split("\\.")[1], second.split("\\.")[1]);
  }

  @Test
  void tokensThatNeedEachOtherAreNotTaken() throws IOException {
    var session =
        TestCas.showing(
            "a",
            "x",
            """
            secrets:
              - {name: k, kind: private-key, key_type: P-384}
              - {name: t, kind: jwt, signer: k, payload: {other: $$SCONE::u$$}}
              - {name: u, kind: jwt, signer: k, payload: {other: $$SCONE::t$$}}
            """);
    refused("invalid-session", () -> cas.create(session));
    refused("unknown-session", () -> cas.client(cas.owner).readSession("a"));
  }

  @Test
  void aPgpKeySignsAndDecryptsInGpg() throws Exception {
    var secrets = "secrets: [{name: p, kind: pgp-key}]\n";
    var paths = deliver(secrets, "$$SCONE::p$$", "$$SCONE::p:publickey:binary$$");
    var colons = run("gpg", "--batch", "--with-colons", "--show-keys", paths.get(0).toString());
    assertEquals(List.of("sec", "fpr", "uid", "ssb", "fpr"), types(colons));
    assertTrue(colons.contains(":22:") && colons.contains(":18:"), colons);
    run("gpg", "--batch", "--import", paths.get(0).toString());
    var user = user(colons);
    Files.writeString(files.resolve("text"), "hello");
    run("gpg", "--batch", "--trust-model", "always", "-u", user, "-s", "-o", "signed", "text");
    run("gpg", "--batch", "--trust-model", "always", "-r", user, "-e", "-o", "sealed", "text");
    run("gpg", "--batch", "--verify", "signed");
    run("gpg", "--batch", "-o", "opened", "-d", "sealed");
    assertEquals("hello", Files.readString(files.resolve("opened")));
    var shown = run("gpg", "--batch", "--list-packets", paths.get(0).toString());
    assertTrue(shown.contains("pref-sym-algos: 9"), shown);
    assertTrue(shown.contains("pref-hash-algos: 8"), shown);
    assertTrue(shown.contains("pref-zip-algos: 2"), shown);
    run("gpgconf", "--kill", "all");
  }

  @Test
  void aPgpKeyHasAPublicHalfAndSurvivesUpdates() throws Exception {
    var secrets = "secrets: [{name: p, kind: pgp-key}]\n";
    var template =
        "$$SCONE::p:privatekey$$|$$SCONE::p:privatekey:asciiarmored$$|$$SCONE::p:privatekey:base64$$"
            + "|$$SCONE::p:publickey$$|$$SCONE::p:publickey:base64$$";
    cas.create(TestCas.showing("a", template, secrets));
    var before = cas.shown("a").split("\\|", -1);
    cas.update("a", TestCas.showing("a", template, secrets) + "# changed\n");
    cas.restart();
    assertEquals(List.of(before), List.of(cas.shown("a").split("\\|", -1)));
    assertEquals(before[0], before[1]);
    Files.writeString(files.resolve("public.asc"), before[3]);
    var colons = run("gpg", "--batch", "--with-colons", "--show-keys", "public.asc");
    assertEquals(List.of("pub", "fpr", "uid", "sub", "fpr"), types(colons));
    var decoder = java.util.Base64.getDecoder();
    Files.write(files.resolve("private.gpg"), decoder.decode(before[2]));
    Files.write(files.resolve("public.gpg"), decoder.decode(before[4]));
    var whole = run("gpg", "--batch", "--with-colons", "--show-keys", "private.gpg");
    var half = run("gpg", "--batch", "--with-colons", "--show-keys", "public.gpg");
    assertEquals(user(colons), user(whole));
    assertEquals(user(colons), user(half));
    assertFalse(half.contains("sec:"), half);
  }

  private static List<String> types(String colons) {
    return colons
        .lines()
        .map(line -> line.split(":")[0])
        .filter(type -> List.of("pub", "sec", "fpr", "uid", "sub", "ssb").contains(type))
        .toList();
  }

  private static String user(String colons) {
    return colons.lines().filter(l -> l.startsWith("uid:")).findFirst().orElseThrow().split(":")[9];
  }

  @Test
  void keysOfEveryTypeLoadInOpensslGnutlsAndPython() throws Exception {
    var secrets = new StringBuilder("secrets:\n");
    var formats = new ArrayList<String>();
    for (var type : List.of("P-256", "P-384", "Ed25519", "RSA-2048")) {
      secrets.append("  - {name: %s, kind: private-key, key_type: %s}\n".formatted(type, type));
      formats.add("$$SCONE::%s:pem$$".formatted(type));
      formats.add("$$SCONE::%s:der$$".formatted(type));
    }
    var paths = deliver(secrets.toString(), formats.toArray(String[]::new));
    for (var i = 0; i < paths.size(); i += 2) {
      var pem = paths.get(i).toString();
      var der = paths.get(i + 1).toString();
      run("openssl", "pkey", "-in", pem, "-noout", "-check");
      run("openssl", "pkey", "-inform", "DER", "-in", der, "-noout");
      run("certtool", "--key-info", "--infile", pem);
      run(
          "/usr/bin/python3",
          "-c",
          """
          import sys
          from cryptography.hazmat.primitives import serialization as s
          a = s.load_pem_private_key(open(sys.argv[1], 'rb').read(), None)
          b = s.load_der_private_key(open(sys.argv[2], 'rb').read(), None)
          form = (s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
          assert a.public_key().public_bytes(*form) == b.public_key().public_bytes(*form)
          """,
          pem,
          der);
    }
  }

  /// Runs `programs/secrets.go`, as [#tool].
  private Result go(String... arguments) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("go", "run"));
    words.add(Path.of("src/test/programs/secrets.go").toAbsolutePath().toString());
    words.addAll(List.of(arguments));
    return tool(words.toArray(String[]::new));
  }

  private static void assertSucceeds(Result result) {
    assertEquals(0, result.code(), result::output);
  }

  @Test
  void keysOfEveryTypeLoadInGo() throws Exception {
    var secrets = new StringBuilder("secrets:\n");
    var formats = new ArrayList<String>();
    var expected = new StringBuilder();
    for (var type : List.of("P-256", "P-384", "Ed25519", "RSA-2048", "RSA-3072")) {
      secrets.append("  - {name: %s, kind: private-key, key_type: %s}\n".formatted(type, type));
      formats.add("$$SCONE::%s:pem$$".formatted(type));
      formats.add("$$SCONE::%s:der$$".formatted(type));
      expected.append((type + "\n").repeat(2));
    }
    var words = new ArrayList<>(List.of("keys"));
    deliver(secrets.toString(), formats.toArray(String[]::new))
        .forEach(path -> words.add(path.toString()));
    var read = go(words.toArray(String[]::new));
    assertSucceeds(read);
    assertEquals(expected.toString(), read.output());
  }

  @Test
  void certificatesAndTokensVerifyInGo() throws Exception {
    var paths =
        deliver(
            KEYS
                + """
                  - {name: k, kind: private-key}
                  - {name: ca, kind: x509-ca, private_key: k}
                  - {name: l, kind: private-key}
                  - {name: leaf, kind: x509, private_key: l, issuer: ca, dns: a.example}
                """,
            "$$SCONE::ca:crt$$",
            "$$SCONE::leaf:crt:der$$",
            "$$SCONE::leaf:privatekey:der$$",
            "$$SCONE::t$$",
            "$$SCONE::public:spki:der$$");
    var names = paths.stream().map(Path::toString).toList();
    assertSucceeds(go("verify", names.get(0), names.get(1), "a.example"));
    assertNotEquals(0, go("verify", names.get(0), names.get(1), "b.example").code());
    assertEquals("P-256\n", go("keys", names.get(2)).output());
    assertSucceeds(go("jwt", names.get(3), names.get(4)));
    Files.writeString(paths.get(3), "x" + Files.readString(paths.get(3)));
    assertNotEquals(0, go("jwt", names.get(3), names.get(4)).code());
  }

  @Test
  void pkcs12OpensInKeytoolAndOpenssl() throws Exception {
    var paths =
        deliver(
            """
            secrets:
              - {name: k, kind: private-key}
              - {name: ca, kind: x509-ca, private_key: k}
              - {name: l, kind: private-key}
              - {name: leaf, kind: x509, private_key: l, issuer: ca, dns: a.example}
            """,
            "$$SCONE::leaf:pkcs12-with-private-key$$",
            "$$SCONE::leaf:chain$$",
            "$$SCONE::leaf:crt$$");
    var store = paths.getFirst().toString();
    var opened = run("openssl", "pkcs12", "-in", store, "-passin", "pass:", "-nodes");
    assertEquals(2, opened.split("-----BEGIN CERTIFICATE-----", -1).length - 1, opened);
    assertTrue(opened.contains("-----BEGIN PRIVATE KEY-----"), opened);
    run("openssl", "verify", "-CAfile", paths.get(1).toString(), paths.get(2).toString());
    run(
        "certtool",
        "--verify",
        "--load-ca-certificate",
        paths.get(1).toString(),
        "--infile",
        paths.get(2).toString());
    var listed = run("keytool", "-list", "-keystore", store, "-storepass:file", empty());
    assertTrue(listed.contains("PrivateKeyEntry"), listed);
  }

  private String empty() throws IOException {
    return Files.writeString(files.resolve("empty"), "\n").toString();
  }
}
