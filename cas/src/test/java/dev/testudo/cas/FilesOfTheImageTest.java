package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notDelivered;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.channel.FileTemplates;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What agents get for files of the image in which they replace placeholders.
class FilesOfTheImageTest extends WithTestCas {
  private static final String SECRETS =
      """
      secrets:
        - {name: p, kind: ascii, value: hunter2}
        - {name: b, kind: binary, value: 00ff}
        - {name: k, kind: private-key}
        - {name: c, kind: x509, private_key: k}
        - {name: theirs, import: {session: m/ca, secret: ca}}
        - {name: f, kind: config-fragment, value: [a]}
      """;

  private static String session(String image) {
    return TestCas.showing("m/a", "x", SECRETS)
        .replace(
            "    injection_files:\n",
            image + "    injection_files:\n      - {path: /etc/app.conf, permission: 0o400}\n");
  }

  private FileTemplates templates() throws IOException {
    return cas.fetch("m/a/s").templates();
  }

  @Test
  void eachSecretComesInEachOfItsFormats() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    cas.create(session(""));
    notDelivered("secret-unavailable", this::templates);
    cas.create(
        """
        name: m/ca
        version: 0.3
        secrets:
          - {name: k, kind: private-key}
          - {name: ca, kind: x509-ca, private_key: k, export: m/a}
        """);
    var templates = templates();
    assertEquals(List.of(new FileTemplates.Template("/etc/app.conf", 0400)), templates.files());
    assertEquals(TestCas.GOOD.hex(), templates.softwareIdentity());
    assertEquals(Set.of("p", "b", "k", "c", "theirs", "f"), templates.values().keySet());
    assertEquals("hunter2", text("p", "default"));
    assertEquals("00ff", text("b", ":hex"));
    assertEquals(
        Set.of("default", ":bin", ":hex", ":base64", ":base64url", ":base32", ":base32nopad"),
        formats("b"));
    var own = formats("c");
    var withoutKey = new TreeSet<>(own);
    withoutKey.removeIf(format -> format.contains("privatekey") || format.contains("pkcs12"));
    assertEquals(
        Set.of("default", ":crt", ":crt:der", ":chain", ".chain"), withoutKey, own::toString);
    assertEquals(9, own.size());
    assertEquals(withoutKey, formats("theirs"), "its key is not exported");
    assertEquals(Set.of(), formats("f"));
  }

  @Test
  void thePolicyLimitsThem() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    cas.create(session("    provide_secrets: [p]\n"));
    assertEquals(Set.of("p"), templates().values().keySet());
    assertEquals(List.of("/f"), cas.fetch("m/a/s").files().stream().map(f -> f.path()).toList());
    cas.update("m/a", session("    provide_secrets: []\n"));
    assertEquals(Map.of(), templates().values());
  }

  @Test
  void aServiceWithoutSuchFilesGetsNoFurtherSecret() throws IOException {
    cas.create(TestCas.showing("n", "x", "secrets: [{name: p, kind: ascii}]\n"));
    assertEquals(List.of(), cas.fetch("n/s").templates().files());
    assertEquals(Map.of(), cas.fetch("n/s").templates().values());
  }

  private Set<String> formats(String secret) throws IOException {
    return new TreeSet<>(templates().values().getOrDefault(secret, Map.of()).keySet());
  }

  private String text(String secret, String format) throws IOException {
    return templates()
        .values()
        .getOrDefault(secret, Map.of())
        .getOrDefault(format, Secret.ofText(""))
        .reveal(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
