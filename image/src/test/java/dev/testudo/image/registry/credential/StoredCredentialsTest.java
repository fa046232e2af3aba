package dev.testudo.image.registry.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.registry.credential.RegistryCredential.IdentityToken;
import dev.testudo.image.registry.credential.RegistryCredential.Password;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where credentials are found, and which of several.
@Timeout(60)
class StoredCredentialsTest {
  @TempDir Path home;

  private Map<String, String> environment() {
    return Map.of("HOME", home.toString(), "XDG_RUNTIME_DIR", home.resolve("run").toString());
  }

  private static String auth(String user) {
    var both = (user + ":pw:" + user).getBytes(StandardCharsets.UTF_8);
    return "{\"auth\":\"%s\"}".formatted(Base64.getEncoder().encodeToString(both));
  }

  private void write(String file, String text) throws IOException {
    var path = home.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Optional<FoundCredential> find(String registry, String repository) throws IOException {
    return StoredCredentials.of(environment()).find(registry, repository);
  }

  private static String user(Optional<FoundCredential> found) {
    return found.isPresent() && found.get().credential() instanceof Password(var user, var _)
        ? user
        : "none";
  }

  private void helper(String name, String script) throws IOException {
    write("bin/docker-credential-" + name, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(
        home.resolve("bin/docker-credential-" + name),
        PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Optional<FoundCredential> asked(String registry, String file) throws IOException {
    write("config.json", file);
    var path = Map.of("PATH", home.resolve("bin") + ":/usr/bin:/bin");
    return new StoredCredentials(
            List.of(home.resolve("config.json")), path, Duration.ofMillis(1500))
        .find(registry, "app");
  }

  @Test
  void withoutFilesThereAreNone() throws Exception {
    assertEquals(Optional.empty(), find("r.example", "app"));
  }

  @Test
  void theFirstFileWithAnEntryDecides() throws Exception {
    write(".docker/config.json", "{\"auths\":{\"r.example\":%s}}".formatted(auth("docker")));
    assertEquals("docker", user(find("r.example", "app")));
    write(".config/containers/auth.json", "{\"auths\":{\"r.example\":%s}}".formatted(auth("xdg")));
    assertEquals("xdg", user(find("r.example", "app")));
    write("run/containers/auth.json", "{\"auths\":{\"other.example\":%s}}".formatted(auth("run")));
    assertEquals("xdg", user(find("r.example", "app")));
    write("run/containers/auth.json", "{\"auths\":{\"r.example\":%s}}".formatted(auth("run")));
    assertEquals("run", user(find("r.example", "app")));
    assertEquals(
        home.resolve("run/containers/auth.json").toString(),
        find("r.example", "app").orElseThrow().place());
  }

  /// Where podman stores the logins of root, who often has no runtime directory.
  @Test
  void withoutARuntimeDirectoryTheOneOfTheUserIdCounts() throws Exception {
    var user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    for (var runtime : List.of(Map.<String, String>of(), Map.of("XDG_RUNTIME_DIR", ""))) {
      assertEquals(
          List.of(Path.of("/run/containers/%s/auth.json".formatted(user))),
          StoredCredentials.of(runtime).files());
    }
  }

  @Test
  void onlyTheFileOfRegistryAuthFileCountsIfItIsSet() throws Exception {
    write(".docker/config.json", "{\"auths\":{\"r.example\":%s}}".formatted(auth("docker")));
    var environment =
        Map.of("HOME", home.toString(), "REGISTRY_AUTH_FILE", home.resolve("none").toString());
    assertEquals(Optional.empty(), StoredCredentials.of(environment).find("r.example", "app"));
  }

  @ParameterizedTest
  @CsvSource({
    "r.example, team/app, app",
    "r.example, team/app/deep, app",
    "r.example, team/apple, team",
    "r.example, teams, host",
    "r.example:5000, team/app, port",
    "R.example, team/app, none",
    "sub.r.example, team/app, none",
    "docker.io, library/redis, hub",
    "url.example, x, url"
  })
  void theLongestMatchingPathDecides(String registry, String repository, String expected)
      throws Exception {
    write(
        ".docker/config.json",
        """
        {"auths":{"r.example":%s,"r.example/team":%s,"r.example/team/app":%s,"r.example:5000":%s,
         "https://index.docker.io/v1/":%s,"https://url.example/v2/":%s,"empty.example":{}}}"""
            .formatted(
                auth("host"), auth("team"), auth("app"), auth("port"), auth("hub"), auth("url")));
    assertEquals(expected, user(find(registry, repository)));
  }

  @Test
  void theSecretIsThePasswordWithItsColons() throws Exception {
    write(".docker/config.json", "{\"auths\":{\"r.example\":%s}}".formatted(auth("u")));
    var found = find("r.example", "app").orElseThrow();
    assertTrue(
        found.credential() instanceof Password(var _, var password)
            && password.matches(Secret.ofText("pw:u")));
    assertFalse(found.toString().contains("pw:u"));
  }

  @Test
  void anIdentityTokenIsOne() throws Exception {
    write(
        ".docker/config.json",
        "{\"auths\":{\"r.example\":{\"auth\":\"AAA\",\"identitytoken\":\"abc\"}}}");
    assertTrue(
        find("r.example", "app").orElseThrow().credential() instanceof IdentityToken(var token)
            && token.matches(Secret.ofText("abc")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"auths\":{\"r.example\":{\"auth\":\"geheim!\"}}}",
        "{\"auths\":{\"r.example\":{\"auth\":\"Z2VoZWlt\"}}}",
        "{\"auths\":{\"r.example\":3}}",
        "geheim"
      })
  void aMalformedFileIsReportedWithItsNameAndWithoutItsContent(String text) throws Exception {
    write(".docker/config.json", text);
    var thrown = assertThrows(CredentialException.class, () -> find("r.example", "app"));
    assertEquals(home.resolve(".docker/config.json").toString(), thrown.place());
    assertFalse(thrown.getMessage().contains("geheim"));
  }

  @Test
  void aHelperIsAskedForTheHostItIsNamedFor() throws Exception {
    helper("one", "read s; echo \"{\\\"Username\\\":\\\"of $s\\\",\\\"Secret\\\":\\\"x\\\"}\"");
    var file = "{\"credHelpers\":{\"r.example\":\"one\"},\"auths\":{\"o.example\":%s}}";
    assertEquals("of r.example", user(asked("r.example", file.formatted(auth("file")))));
    assertEquals("file", user(asked("o.example", file.formatted(auth("file")))));
    assertEquals(Optional.empty(), asked("x.example", file.formatted(auth("file"))));
  }

  @Test
  void theStoreIsAskedForAllOthers() throws Exception {
    helper("all", "read s; echo \"{\\\"Username\\\":\\\"of $s\\\",\\\"Secret\\\":\\\"x\\\"}\"");
    var file = "{\"credsStore\":\"all\",\"auths\":{\"r.example\":{}}}";
    assertEquals("of r.example", user(asked("r.example", file)));
    assertEquals("of https://index.docker.io/v1/", user(asked("docker.io", file)));
  }

  @Test
  void aTokenOfAHelperIsAnIdentityToken() throws Exception {
    helper("one", "echo '{\"Username\":\"<token>\",\"Secret\":\"x\"}'");
    var found = asked("r.example", "{\"credsStore\":\"one\"}").orElseThrow();
    assertEquals(IdentityToken.class, found.credential().getClass());
  }

  @Test
  void aHelperWithoutAnEntryIsNoFailure() throws Exception {
    helper("one", "echo 'credentials not found in native keychain'; exit 1");
    assertEquals(Optional.empty(), asked("r.example", "{\"credsStore\":\"one\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo geheim; exit 1",
        "echo geheim",
        "echo '{\"Username\":\"u\"}'",
        "sleep 60",
        "sleep 3 & echo '{}'",
        "yes geheim"
      })
  void aHelperThatMisbehavesIsReportedWithoutItsOutput(String script) throws Exception {
    helper("bad", script);
    var thrown =
        assertThrows(
            CredentialException.class, () -> asked("r.example", "{\"credsStore\":\"bad\"}"));
    assertEquals("docker-credential-bad", thrown.place());
    assertFalse(thrown.getMessage().contains("geheim"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "../bin/x", "a b", "-x"})
  void aHelperThatIsNotInThePathIsReported(String name) {
    assertThrows(
        CredentialException.class,
        () -> asked("r.example", "{\"credsStore\":\"%s\"}".formatted(name)));
  }
}
