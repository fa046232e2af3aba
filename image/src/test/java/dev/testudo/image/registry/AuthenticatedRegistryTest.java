package dev.testudo.image.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.registry.credential.CredentialStore;
import dev.testudo.image.registry.credential.FoundCredential;
import dev.testudo.image.registry.credential.RegistryCredential;
import dev.testudo.image.registry.credential.StoredCredentials;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Registries that ask who comes: Debian's registry with htpasswd, with a token server, and with
/// TLS.
class AuthenticatedRegistryTest {
  private static final byte[] CONTENT = RegistryFixture.bytes(1, 2 * RegistryFixture.CHUNK);

  @TempDir Path directory;

  private RegistryProcess withPasswords() throws Exception {
    RegistryFixture.run(
        directory, "htpasswd", "-bBc", "-C", "4", "users", "writer", TestTokenServer.PASSWORD);
    return RegistryProcess.start(
        directory,
        "",
        "auth:\n  htpasswd: {realm: tests, path: %s}\n".formatted(directory.resolve("users")));
  }

  private static void pushAndPull(RegistryProcess registry, RegistrySettings settings)
      throws IOException {
    try (var client = new RegistryClient(settings)) {
      var repository = client.repository(RegistryFixture.image(registry.name(), "team/app"));
      RegistryFixture.pushImage(repository, CONTENT);
      assertArrayEquals(CONTENT, RegistryFixture.pulled(repository, CONTENT));
      assertEquals(List.of("v1"), repository.tags());
    }
  }

  private static RegistryException refused(RegistryProcess registry, RegistrySettings settings) {
    try (var client = new RegistryClient(settings)) {
      var repository = client.repository(RegistryFixture.image(registry.name(), "team/app"));
      return assertThrows(
          RegistryException.class, () -> RegistryFixture.pushImage(repository, CONTENT));
    }
  }

  @Test
  void aPasswordOpensTheRegistry() throws Exception {
    try (var registry = withPasswords()) {
      pushAndPull(
          registry,
          RegistryFixture.settings(
              directory, RegistryFixture.password("writer", TestTokenServer.PASSWORD)));
    }
  }

  /// `podman login` and skopeo write the file, and we read it.
  @Test
  void aLoginOfPodmanOpensTheRegistry() throws Exception {
    try (var registry = withPasswords()) {
      RegistryFixture.run(
          directory,
          "skopeo",
          "login",
          "--tls-verify=false",
          "--authfile=auth.json",
          "-u=writer",
          "-p=" + TestTokenServer.PASSWORD,
          registry.name());
      var environment = Map.of("REGISTRY_AUTH_FILE", directory.resolve("auth.json").toString());
      pushAndPull(registry, RegistryFixture.settings(directory, StoredCredentials.of(environment)));
    }
  }

  @Test
  void aWrongPasswordIsRefusedWithTheFileItComesFrom() throws Exception {
    try (var registry = withPasswords()) {
      var thrown =
          refused(
              registry,
              RegistryFixture.settings(directory, RegistryFixture.password("writer", "falsch")));
      assertEquals(RegistryFault.UNAUTHORIZED, thrown.fault());
      assertEquals(OptionalInt.of(401), thrown.problem().status());
      assertEquals(
          "the registry answered 401 to the credentials of `auth.json`", thrown.problem().reason());
      assertFalse(thrown.getMessage().contains("falsch"));
    }
  }

  @Test
  void withoutCredentialsTheMessageSaysHowToLogIn() throws Exception {
    try (var registry = withPasswords()) {
      var thrown = refused(registry, RegistryFixture.settings(directory));
      assertEquals(
          ("cannot look for the blob %s (registry `%s`, repository `team/app`): the registry"
                  + " answered 401, and no credentials for it are stored; log in with `podman login"
                  + " %s` or `docker login %s`")
              .formatted(
                  RegistryFixture.layer(CONTENT).digest(),
                  registry.name(),
                  registry.name(),
                  registry.name()),
          thrown.getMessage());
    }
  }

  @Test
  void aTokenIsRequestedOncePerScope() throws Exception {
    try (var tokens = new TestTokenServer(TestTokenServer.signer(directory));
        var registry = RegistryProcess.start(directory, "", tokens.configuration(directory))) {
      pushAndPull(
          registry,
          RegistryFixture.settings(
              directory, RegistryFixture.password("writer", TestTokenServer.PASSWORD)));
      // One to push, and one to pull.
      assertEquals(2, tokens.seen().size());
    }
  }

  @Test
  void whoeverMayOnlyPullIsRefusedToPush() throws Exception {
    try (var tokens = new TestTokenServer(TestTokenServer.signer(directory));
        var registry = RegistryProcess.start(directory, "", tokens.configuration(directory))) {
      pushAndPull(
          registry,
          RegistryFixture.settings(
              directory, RegistryFixture.password("writer", TestTokenServer.PASSWORD)));
      try (var client = new RegistryClient(RegistryFixture.settings(directory))) {
        var repository = client.repository(RegistryFixture.image(registry.name(), "team/app"));
        assertArrayEquals(CONTENT, RegistryFixture.pulled(repository, CONTENT));
        var thrown =
            assertThrows(
                RegistryException.class,
                () -> RegistryFixture.put(repository, RegistryFixture.bytes(9, 10)));
        assertEquals(RegistryFault.UNAUTHORIZED, thrown.fault());
      }
    }
  }

  @Test
  void anIdentityTokenIsExchangedForTokens() throws Exception {
    CredentialStore store =
        (registry, repository) ->
            Optional.of(
                new FoundCredential(
                    new RegistryCredential.IdentityToken(Secret.ofText(TestTokenServer.REFRESH)),
                    "config.json"));
    try (var tokens = new TestTokenServer(TestTokenServer.signer(directory));
        var registry = RegistryProcess.start(directory, "", tokens.configuration(directory))) {
      pushAndPull(registry, RegistryFixture.settings(directory, store));
      assertTrue(tokens.seen().stream().allMatch(request -> request.method().equals("POST")));
    }
  }

  @Test
  void aWrongPasswordIsRefusedByTheTokenServer() throws Exception {
    try (var tokens = new TestTokenServer(TestTokenServer.signer(directory));
        var registry = RegistryProcess.start(directory, "", tokens.configuration(directory))) {
      var thrown =
          refused(
              registry,
              RegistryFixture.settings(directory, RegistryFixture.password("writer", "falsch")));
      assertEquals(RegistryFault.UNAUTHORIZED, thrown.fault());
      assertEquals(1, tokens.seen().size());
    }
  }

  @Test
  void aRegistryWithItsOwnAuthorityIsTrustedByItsCertificateInCertsD() throws Exception {
    var certificate =
        SelfSigned.rsa(directory, "registry", "-addext", "subjectAltName=IP:127.0.0.1");
    try (var registry = RegistryProcess.start(directory, certificate.tls(), "")) {
      var thrown = refused(registry, RegistryFixture.settings(directory));
      assertEquals(RegistryFault.TLS, thrown.fault());
      certificate.trust(directory, registry.name());
      pushAndPull(registry, RegistryFixture.settings(directory));
    }
  }

  @Test
  void aRegistryThatWantsAClientCertificateGetsTheOneInCertsD() throws Exception {
    var certificate = SelfSigned.ofServer(directory, "IP:127.0.0.1");
    var tls = certificate.tls() + "  clientcas: [%s]\n".formatted(certificate.certificate());
    try (var registry = RegistryProcess.start(directory, tls, "")) {
      var folder = certificate.trust(directory, registry.name());
      assertThrows(
          RegistryException.class,
          () -> pushAndPull(registry, RegistryFixture.settings(directory)));
      Files.copy(certificate.certificate(), folder.resolve("client.cert"));
      Files.copy(certificate.key(), folder.resolve("client.key"));
      pushAndPull(registry, RegistryFixture.settings(directory));
    }
  }
}
