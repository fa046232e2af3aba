package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the commands that talk to a CAS print for scripts. Their members are those in docs/cli.md.
@Timeout(3600)
class JsonOutputIT {
  private static final String SHOP =
      """
      name: shop
      version: 0.3.11
      security: {attestation: {tolerate: software-evidence}}
      secrets: [{name: motto, kind: ascii, value: "open\\n", export_public: true}]
      services:
        - name: web
          command: web
          attestation: {mrenclave: "%s", join_token: required}
      """
          .formatted("4".repeat(64));

  @TempDir private Path work;
  private RunningCas cas;

  @BeforeEach
  void startCas() throws IOException {
    cas = RunningCas.start(work.resolve("cas"));
    json("cas attest", cas.address().toString(), "--key", cas.key().text());
    json("session create", file("shop.yaml", SHOP));
  }

  @AfterEach
  void stopCas() throws IOException {
    cas.close();
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text).toString();
  }

  private Command testudo(String name, String... words) {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString()));
    all.addAll(List.of(name.split(" ", -1)));
    all.addAll(List.of(words));
    return Command.run(Map.of("TESTUDO_CONFIG", work.resolve("config").toString()), all);
  }

  private String text(String name, String... words) {
    var ended = testudo(name, words);
    assertEquals(0, ended.exit(), ended::all);
    return ended.out().strip();
  }

  /// Runs a command with `--json`. Its members must be those that its row of the page names.
  private JsonNode json(String name, String... words) throws IOException {
    var all = new ArrayList<>(List.of(words));
    all.add("--json");
    var printed = text(name, all.toArray(String[]::new));
    assertEquals(1, printed.lines().count(), printed);
    var object = new ObjectMapper().readTree(printed);
    var members = new TreeSet<String>();
    object.fieldNames().forEachRemaining(members::add);
    assertEquals(documented(name), members, printed);
    return object;
  }

  private static Set<String> documented(String name) throws IOException {
    for (var line : Files.readAllLines(Command.ROOT.resolve("docs/cli.md"))) {
      if (line.startsWith("| `%s` |".formatted(name))) {
        var listed = line.substring(line.indexOf('|', 1)).split("[:;]", 2)[0];
        var members = new TreeSet<String>();
        Pattern.compile("`([a-z_ -]+)\\??`")
            .matcher(listed)
            .results()
            .forEach(m -> members.add(m.group(1)));
        return members;
      }
    }
    throw new AssertionError(name + " is not in docs/cli.md");
  }

  @Test
  void theCasAndItsLogAreDescribed() throws IOException {
    var address = cas.address().toString();
    var key = cas.key().text();
    var chosen = json("cas set-default", address);
    assertEquals(
        List.of(address, key),
        List.of(chosen.path("address").asText(), chosen.path("key_hash").asText()));
    assertEquals(chosen, json("cas list").path("attested").get(0));
    assertEquals(key, json("cas show-identification").path("key_hash").asText());
    var shown = json("cas show");
    assertEquals(address, shown.path("address").asText());
    assertEquals(text("identity show", "--key-hash"), shown.path("own_key_hash").asText());
    assertEquals("open\n", json("cas value", "shop", "motto").path("value").asText());

    var log = work.resolve("cas/audit.jsonl").toString();
    var found = json("cas verify-audit-log", log, "--key", cas.key().text());
    assertTrue(found.path("verified").asBoolean(), found::toString);
    assertEquals(0, found.path("problems").size());
    assertTrue(found.path("head").asText().startsWith(found.path("last").asText() + ":"));
  }

  @Test
  void joinTokensAreMadeListedAndRevoked() throws IOException {
    var made = json("token create", "shop/web", "--uses", "3");
    var listed = listed();
    assertEquals(made.path("expires"), listed.path("expires"));
    assertEquals(made.path("id"), listed.path("id"));
    assertEquals(List.of(3, 3), List.of(listed.path("uses").asInt(), listed.path("left").asInt()));
    var secret = made.path("token").asText();
    assertTrue(secret.length() > 30, "no token is printed");
    assertFalse(listed.toString().contains(secret), listed::toString);
    var file = work.resolve("web.token");
    var kept = testudo("token create", "shop/web", "--json", "-o", file.toString());
    assertEquals(0, kept.exit(), kept::all);
    assertEquals(file.toString(), new ObjectMapper().readTree(kept.out()).path("file").asText());
    assertFalse(kept.all().contains(Files.readString(file).strip()), kept.all());

    var half = testudo("token revoke", "shop/web", made.path("id").asText(), "nosuch", "--json");
    assertEquals(1, half.exit(), half::all);
    assertEquals("{\"revoked\":[\"%s\"]}\n".formatted(made.path("id").asText()), half.out());
    var id = listed().path("id").asText();
    assertEquals(id, json("token revoke", "shop/web", "--all").path("revoked").get(0).asText());
    assertEquals(0, json("token list", "shop/web").path("tokens").size());
  }

  private JsonNode listed() throws IOException {
    return json("token list", "shop/web").path("tokens").get(0);
  }

  @Test
  void aSessionIsSignedApprovedReplacedAndDeleted() throws IOException {
    var changed =
        file("next.yaml", text("session read", "shop", "--for-update") + "\nimages: []\n");
    var hash = json("session hash", changed).path("hash").asText();
    var signed = json("session sign", changed);
    var bundle = signed.path("bundle").asText();
    assertEquals(hash, signed.path("hash").asText());
    assertEquals(changed + ".bundle", bundle);
    assertEquals(1, signed.path("signers").size());
    var other = work.resolve("other.pem").toString();
    text("identity create", other);
    var approved =
        testudo("session approve", bundle, "--hash", hash, "--identity", other, "--json");
    assertEquals(0, approved.exit(), approved::all);
    var both = new ObjectMapper().readTree(approved.out());
    assertEquals(
        List.of(signed.path("signers").get(0).asText(), text("identity show", "--key-hash", other)),
        List.of(both.path("signers").get(0).asText(), both.path("signers").get(1).asText()));
    var update = testudo("session update", "--bundle", bundle, "--json");
    assertEquals("{\"hash\":\"%s\"}\n".formatted(hash), update.out(), update::all);

    assertEquals(hash, json("session read", "shop").path("hash").asText());
    var gone = json("session delete", "shop", "--hash", hash);
    assertEquals(
        List.of("shop", hash), List.of(gone.path("session").asText(), gone.path("hash").asText()));
    assertEquals(0, json("session list").path("sessions").size());
  }
}
