package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The operator's page, at its address and in a browser.
@Timeout(300)
class ConsoleTest extends WithTestCas {
  private static final String MARKUP = "<img src=x onerror=alert(1)>";
  private static final List<String> PATHS =
      List.of("/", "/data", "/console.js", "/dom.js", "/volumes.js", "/console.css");

  private static final String GIVEN = "correct-horse-battery";
  private static final String WRITTEN = "written-into-the-policy";
  private static final String FILES_KEY = "00112233445566778899aabbccddeeff".repeat(2);
  private static final String TAG = "ffeeddccbbaa99887766554433221100";
  private static final String SECRETS =
      """
      secrets:
        - {name: given, kind: ascii, value: %s}
        - {name: bytes, kind: binary, value: "c0ffee00c0ffee00c0ffee00c0ffee00"}
        - {name: password, kind: ascii, size: 30, export: b}
        - {name: ca_key, kind: private-key}
        - {name: ca, kind: x509-ca, private_key: ca_key, common_name: "%s"}
        - {name: cert_key, kind: private-key}
        - {name: cert, kind: x509, private_key: cert_key, issuer: ca, common_name: "%s"}
      """
          .formatted(GIVEN, MARKUP, MARKUP);

  @Override
  TestCas start(Path state) throws IOException {
    return TestCas.withConsole(state, Set.of());
  }

  /// An answer of the console.
  private record Answer(int status, List<String> headers, String body) {}

  private String url() throws IOException {
    return Files.readString(state.resolve("console.url")).strip();
  }

  private String host() {
    return cas.server().consoleAddress().orElseThrow().replaceFirst("^http://", "");
  }

  private Socket connected() throws IOException {
    var port = Integer.parseInt(host().replaceFirst(".*:", ""));
    return new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /// Sends a request exactly as it is given.
  private Answer ask(String method, String path, String... headers) throws IOException {
    var all = new ArrayList<>(List.of(headers));
    if (all.stream().noneMatch(header -> header.startsWith("Host:"))) {
      all.add("Host: " + host());
    }
    all.add("Connection: close");
    try (var socket = connected()) {
      var request =
          "%s %s HTTP/1.1\r\n%s\r\n\r\n".formatted(method, path, String.join("\r\n", all));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      var text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var end = text.indexOf("\r\n\r\n");
      var head = List.of(text.substring(0, end).split("\r\n", -1));
      return new Answer(
          Integer.parseInt(head.getFirst().split(" ", -1)[1]), head, text.substring(end + 4));
    }
  }

  private int status(String method, String path, String... headers) throws IOException {
    return ask(method, path, headers).status();
  }

  private static String path(String url) {
    return url.replaceFirst("http://[^/]*", "");
  }

  /// Enters as a browser does, and returns the cookie.
  private String enter() throws IOException {
    return ask("GET", path(url())).headers().stream()
        .filter(header -> header.startsWith("Set-Cookie: "))
        .map(header -> header.substring("Set-".length()).replaceFirst(";.*", ""))
        .findFirst()
        .orElseThrow();
  }

  private JsonMembers data(String cookie) throws IOException {
    var body = ask("GET", "/data", cookie).body().getBytes(StandardCharsets.UTF_8);
    return JsonMembers.read(body, 1 << 20, "data");
  }

  private static List<JsonMembers> members(JsonMembers of, String name) throws IOException {
    var all = new ArrayList<JsonMembers>();
    for (JsonValue one : of.array(name)) {
      all.add(JsonMembers.of(one, name));
    }
    return all;
  }

  private void registerAndUse() throws IOException {
    cas.create(
        TestCas.showing("a", "$$SCONE::given$$|$$SCONE::ca_key$$", SECRETS)
            .replace("command: prog", "command: prog --password " + WRITTEN));
    cas.create(
        "name: b\nversion: \"0.3.10\"\nsecrets: [{name: p, import: {session: a, secret: password}}]\n");
    cas.fetch("a/s");
    assertThrows(IOException.class, () -> cas.fetch(MARKUP + "/s"));
    Refusals.refused("not-permitted", () -> cas.client(Identity.ephemeral("x")).readSession("a"));
  }

  @Test
  void anAddressAdmitsOneBrowserOnce() throws IOException {
    for (var path : List.of("/", "/data", "/console.js", "/?token=", "/?token=" + "A".repeat(43))) {
      assertEquals(403, status("GET", path), path);
    }
    var used = path(url());
    var file = state.resolve("console.url");
    assertEquals("http://" + host() + used, url());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    var entered = ask("GET", used);
    assertEquals(200, entered.status());
    var set =
        entered.headers().stream()
            .filter(h -> h.startsWith("Set-Cookie:"))
            .findFirst()
            .orElseThrow();
    assertTrue(Set.of(set.split("; ", -1)).containsAll(Set.of("HttpOnly", "SameSite=Strict")), set);
    assertEquals(403, status("GET", used), "a second time");
    var cookie = enter();
    for (var path : PATHS) {
      assertEquals(200, status("GET", path, cookie), path);
      assertEquals(403, status("GET", path, cookie + "x"), path);
    }
    assertEquals(404, status("GET", "/v1/sessions", cookie));
    cas.close();
    assertFalse(Files.exists(file));
    cas.restart(() -> {});
    assertEquals(403, status("GET", "/data", cookie));
  }

  @Test
  void onlyItsOwnPageInABrowserIsAnswered() throws IOException {
    var cookie = enter();
    for (var host : List.of("cas.example", "127.0.0.1", "127.0.0.1:1", "attacker.example:80")) {
      assertEquals(421, status("GET", "/data", cookie, "Host: " + host), host);
    }
    var port = host().replaceFirst(".*:", "");
    assertEquals(200, status("GET", "/data", cookie, "Host: localhost:" + port));
    assertEquals(403, status("GET", "/data", cookie, "Origin: http://attacker.example"));
    assertEquals(403, status("GET", "/data", cookie, "Origin: null"));
    assertEquals(403, status("GET", "/data", cookie, "Sec-Fetch-Site: same-site"));
    assertEquals(200, status("GET", "/data", cookie, "Sec-Fetch-Site: same-origin"));
    for (var method : List.of("POST", "PUT", "DELETE", "HEAD", "OPTIONS")) {
      assertEquals(405, status(method, "/data", cookie), method);
    }
    var headers = ask("GET", "/", cookie).headers();
    assertTrue(
        headers.contains(
            "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"
                + " connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'none'"),
        headers::toString);
    assertTrue(headers.contains("Cache-Control: no-store"), headers::toString);
  }

  @Test
  void aFloodOfStrangersDoesNotKeepTheOperatorOut() throws IOException {
    var cookie = enter();
    var guess = "GET /?token=guess HTTP/1.1\r\nHost: %s\r\n".formatted(host());
    var answers = new HashSet<String>();
    try (var socket = connected()) {
      var flood = (guess + "\r\n").repeat(500) + guess + "Connection: close\r\n\r\n";
      socket.getOutputStream().write(flood.getBytes(StandardCharsets.UTF_8));
      new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("HTTP/1.1 "))
          .forEach(line -> answers.add(line.split(" ", -1)[1]));
    }
    assertEquals(Set.of("403", "429"), answers);
    assertEquals(200, status("GET", "/data", cookie));
  }

  @Test
  void theDocumentSaysWhatCasHoldsAndDoes() throws Exception {
    registerAndUse();
    var cookie = enter();
    var data = data(cookie);
    var sessions = members(data.object("sessions"), "shown");
    assertEquals(2, data.object("sessions").natural("total"));
    assertEquals(List.of("s"), sessions.getFirst().texts("services"));
    var ends = new ArrayList<String>();
    for (var certificate : members(sessions.getFirst(), "certificates")) {
      ends.add(certificate.text("name") + (certificate.bool("self_signed") ? ", self-signed" : ""));
      assertTrue(certificate.instant("not_after").isAfter(cas.clock.instant()));
    }
    assertEquals(List.of("ca, self-signed", "cert"), ends);
    var imported = members(sessions.getLast(), "secrets").getFirst();
    assertEquals("a password", imported.text("from") + " " + imported.text("original"));
    var attested = members(data, "attested");
    assertEquals(1, attested.size());
    assertEquals("a/s", attested.getFirst().text("service"));
    assertEquals(sessions.getFirst().text("hash"), attested.getFirst().text("session_hash"));
    var refusals = new ArrayList<String>();
    for (var refusal : members(data, "refusals")) {
      refusals.add(refusal.text("action") + " " + refusal.text("reason"));
    }
    assertEquals(List.of("read-session not-permitted", "attest unknown-service"), refusals);
    Eventually.holds(() -> isVerified(cookie), () -> "the log is not verified");
  }

  private boolean isVerified(String cookie) {
    try {
      // Each look is a request, and the console limits their rate.
      Thread.sleep(200);
      return data(cookie).object("audit").object("check").text("state").equals("verified");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Registers a session with volumes, one that imports them, and one to which nobody exports them.
  private void registerVolumes() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    cas.create(
        seeing(
            "m/db",
            """
            volumes:
              - {name: data, export: {session: ../api, volume_alias: records, update_policy: ephemeral}}
              - {name: models, files: authenticated-only, fspf_key: %s, fspf_tag: %s}
            """
                .formatted(FILES_KEY, TAG)));
    cas.create(
        seeing("m/api", "volumes: [{name: data, import: {session: ../db, volume: records}}]\n"));
    cas.create(
        seeing("m/web", "volumes: [{name: data, import: {session: ../db, volume: records}}]\n"));
  }

  /// Returns a session whose service `s` sees its volume `data`.
  private static String seeing(String name, String volumes) {
    return TestCas.showing(name, "x", volumes)
        .replace(
            "    injection_files:",
            "    volumes: [{name: data, path: /srv/data}]\n    injection_files:");
  }

  @Test
  void theDocumentSaysWhoSeesAVolumeAndWhatMayBeDoneWithIt() throws IOException {
    registerVolumes();
    var volumes = new ArrayList<JsonMembers>();
    for (var session : members(data(enter()).object("sessions"), "shown")) {
      volumes.addAll(members(session, "volumes"));
    }
    var imported = volumes.get(0);
    assertEquals("m/db records", imported.text("from") + " " + imported.text("original"));
    assertEquals("encrypted ephemeral", imported.text("files") + " " + imported.text("permitted"));
    var mount = members(imported, "mounts").getFirst();
    assertEquals(List.of("s"), mount.texts("services"));
    // It asks for `rollback_protected`, and its owner permits less.
    assertEquals("/srv/data ephemeral", mount.text("path") + " " + mount.text("updates"));

    var owned = volumes.get(1);
    assertEquals("data generated", owned.text("name") + " " + owned.text("key"));
    assertEquals(Optional.empty(), owned.optionalText("tag"));
    assertEquals("rollback_protected", members(owned, "mounts").getFirst().text("updates"));
    var export = members(owned, "exports").getFirst();
    assertEquals("m/api records", export.text("session") + " " + export.text("name"));
    assertEquals("ephemeral", export.text("updates"));
    assertFalse(export.bool("pinned"));

    var given = volumes.get(2);
    assertEquals("given " + TAG, given.text("key") + " " + given.text("tag"));
    assertEquals("authenticated-only", given.text("files"));
    assertEquals(List.of(), members(given, "mounts"));

    assertEquals(
        "session `m/web` cannot import `data`: session `m/db` exports no volume `records` to it"
            + " (m/web:16:18)",
        volumes.get(3).text("problem"));
  }

  @Test
  void noKeyOfAVolumeIsInAnyAnswer() throws IOException {
    registerVolumes();
    var access = cas.fetch("m/api/s").protectedFiles().volumes().getFirst();
    var generated = access.key().key().reveal(HexFormat.of()::formatHex);
    var encoded = access.key().key().reveal(Base64.getEncoder()::encodeToString);
    var data = ask("GET", "/data", enter()).body();
    for (var key : List.of(generated, encoded, FILES_KEY)) {
      assertFalse(data.contains(key), data);
    }
  }

  @Test
  void noSecretIsInAnyAnswer() throws IOException {
    registerAndUse();
    var cookie = enter();
    var shown = cas.fetch("a/s").environment().getOrDefault("V", "");
    var key = shown.lines().toList().get(1);
    for (var path : PATHS) {
      var body = ask("GET", path, cookie).body();
      for (var secret :
          List.of(GIVEN, WRITTEN, TestCas.TOKEN, "c0ffee00", "PRIVATE KEY", key.substring(20))) {
        assertFalse(body.contains(secret), path + " contains " + secret);
      }
    }
  }

  @Test
  void everyRefusalIsExplained() throws IOException {
    var script = ask("GET", "/console.js", enter()).body();
    var explained =
        Pattern.compile("(?m)^  \"([a-z-]+)\": \"[^\"]+\\.\",$")
            .matcher(script)
            .results()
            .map(found -> found.group(1))
            .sorted()
            .toList();
    assertEquals(
        Arrays.stream(RefusalId.values()).map(RefusalId::text).sorted().toList(), explained);
  }

  /// Returns the page as headless Chromium shows it.
  private String rendered() throws Exception {
    // Not in a folder that the test removes: processes of the browser may end after it.
    var profile = Path.of("target/console-browser-%d".formatted(ProcessHandle.current().pid()));
    var dom = state.resolve("dom.html");
    var browser =
        new ProcessBuilder(
                "chromium-headless-shell",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile.toAbsolutePath(),
                "--window-size=400,900",
                "--virtual-time-budget=10000",
                "--timeout=100000",
                "--dump-dom",
                url())
            .redirectOutput(dom.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertTrue(browser.waitFor(200, TimeUnit.SECONDS), "the browser does not end");
    } finally {
      browser.destroyForcibly().waitFor();
    }
    return Files.readString(dom);
  }

  @Test
  void aBrowserShowsEverythingAndTakesNothingForMarkup() throws Exception {
    registerAndUse();
    registerVolumes();
    var cookie = enter();
    Eventually.holds(() -> isVerified(cookie), () -> "the log is not verified");
    var dom = rendered();
    var lines = new HashSet<>(dom.replaceAll("<[^>]*>", "\n").lines().map(String::strip).toList());
    // A box of the mesh, its arrow, a certificate, a service, refusals, the audit log.
    for (var shown :
        List.of(
            "a",
            "b",
            "password",
            "cert",
            "a/s",
            "no fixed end",
            "/srv/data",
            "ephemeral",
            "not available from m/db",
            "unknown-service",
            "✓ Verified",
            "serving")) {
      assertTrue(lines.contains(shown), shown + " is not in " + dom);
    }
    assertTrue(dom.contains("<path d=\"M"), dom);
    assertFalse(dom.contains("<img"), dom);
    assertTrue(dom.contains("&lt;img src=x onerror=alert(1)&gt;/s"), dom);
  }
}
