package dev.testudo.image.registry;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageName;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.registry.credential.CredentialStore;
import dev.testudo.image.registry.credential.FoundCredential;
import dev.testudo.image.registry.credential.RegistryCredential;
import dev.testudo.image.registry.http.HostCertificates;
import dev.testudo.image.registry.http.LinkLimits;
import dev.testudo.image.registry.http.LinkSettings;
import dev.testudo.image.registry.http.PlainHttp;
import dev.testudo.trust.http.Proxies;
import dev.testudo.trust.secret.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What the tests of the registry client share.
final class RegistryFixture {
  /// The size of a chunk in tests.
  static final int CHUNK = 256 << 10;

  private static final LinkLimits LIMITS =
      new LinkLimits(Duration.ofSeconds(5), Duration.ofSeconds(10), 1, Duration.ofSeconds(20), 3);
  private static final RetryPolicy RETRIES =
      new RetryPolicy(4, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(2));

  private RegistryFixture() {}

  static RegistrySettings settings(Path directory) {
    return settings(directory, CredentialStore.NONE, LIMITS);
  }

  static RegistrySettings settings(Path directory, CredentialStore store, LinkLimits limits) {
    return new RegistrySettings(
        store,
        new LinkSettings(
            limits,
            new PlainHttp(Set.of()),
            new HostCertificates(List.of(directory.resolve("certs.d")), List.of()),
            Proxies.NONE),
        RETRIES,
        CHUNK,
        directory);
  }

  static RegistrySettings settings(Path directory, CredentialStore store) {
    return settings(directory, store, LIMITS);
  }

  /// Returns settings in which a silent or slow server is given up soon.
  static RegistrySettings impatient(Path directory) {
    return settings(
        directory,
        CredentialStore.NONE,
        new LinkLimits(
            Duration.ofMillis(300), Duration.ofMillis(300), 4096, Duration.ofMillis(600), 3));
  }

  static CredentialStore password(String user, String password) {
    return (registry, repository) ->
        Optional.of(
            new FoundCredential(
                new RegistryCredential.Password(user, Secret.ofText(password)), "auth.json"));
  }

  static ImageName image(String registry, String repository) {
    return new ImageName(registry, repository, Optional.of("v1"), Optional.empty());
  }

  /// Returns bytes that do not compress and that no other seed gives.
  static byte[] bytes(int seed, int length) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Descriptor layer(byte[] content) {
    return Descriptor.of(MediaType.OCI_LAYER, content);
  }

  static void put(RegistryRepository repository, byte[] content) throws IOException {
    repository.put(layer(content), () -> new ByteArrayInputStream(content));
  }

  static byte[] pulled(RegistryRepository repository, byte[] content) throws IOException {
    return repository.read(layer(content), content.length);
  }

  /// Pushes an image of one uncompressed layer.
  static RawManifest pushImage(RegistryRepository repository, byte[] layer) throws IOException {
    var config =
        """
        {"architecture":"amd64","os":"linux","config":{"Cmd":["/x"]},\
        "rootfs":{"type":"layers","diff_ids":["%s"]}}"""
            .formatted(Digest.of(layer))
            .getBytes(StandardCharsets.UTF_8);
    put(repository, layer);
    repository.put(
        Descriptor.of(MediaType.OCI_CONFIG, config), () -> new ByteArrayInputStream(config));
    var manifest = manifest(config, layer, "");
    repository.putManifest(new ByTag("v1"), manifest);
    return manifest;
  }

  /// Returns a manifest.
  ///
  /// @param more further members, each with a comma before it
  static RawManifest manifest(byte[] config, byte[] layer, String more) throws IOException {
    var text =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\
        {"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},"layers":\
        [{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]%s}"""
            .formatted(Digest.of(config), config.length, Digest.of(layer), layer.length, more);
    return new RawManifest(MediaType.OCI_MANIFEST.text(), text.getBytes(StandardCharsets.UTF_8));
  }

  /// Runs a program and returns what it prints.
  static String run(Path directory, String... command) throws Exception {
    var log = directory.resolve("output.txt").toFile();
    var builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log);
    builder.environment().put("HOME", directory.toString());
    builder.environment().remove("XDG_RUNTIME_DIR");
    var process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("%s does not end".formatted(command[0]));
    }
    var output = java.nio.file.Files.readString(log.toPath());
    if (process.exitValue() != 0) {
      throw new IllegalStateException("%s: %s".formatted(String.join(" ", command), output));
    }
    return output;
  }
}
