package dev.testudo.image.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client against Debian's registry, with skopeo and podman on the other side.
class PullAndPushTest {
  @TempDir static Path shared;

  private static RegistryProcess registry;
  private static RegistryClient client;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryProcess.start(shared);
    client = new RegistryClient(RegistryFixture.settings(shared));
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    registry.close();
  }

  private static RegistryRepository repository(String path) {
    return client.repository(RegistryFixture.image(registry.name(), path));
  }

  /// Returns an uncompressed layer of one file.
  private byte[] layer(String content) throws Exception {
    Files.createDirectories(directory.resolve("root"));
    Files.writeString(directory.resolve("root/x"), content);
    RegistryFixture.run(directory, "tar", "-C", "root", "-cf", "layer.tar", "x");
    return Files.readAllBytes(directory.resolve("layer.tar"));
  }

  @Test
  void skopeoPullsWhatWePush() throws Exception {
    var pushed = RegistryFixture.pushImage(repository("ours/skopeo"), layer("skopeo"));
    Files.writeString(
        directory.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
    RegistryFixture.run(
        directory,
        "skopeo",
        "--policy=policy.json",
        "copy",
        "--preserve-digests",
        "--src-tls-verify=false",
        "docker://%s/ours/skopeo:v1".formatted(registry.name()),
        "oci:layout:v1");
    var index = Files.readString(directory.resolve("layout/index.json"));
    assertTrue(index.contains(pushed.descriptor().digest().toString()), index);
  }

  @Test
  void podmanPullsWhatWePush() throws Exception {
    RegistryFixture.pushImage(repository("ours/podman"), layer("podman"));
    var storage = List.of("--root=store", "--runroot=run", "--storage-driver=vfs");
    var pull = new ArrayList<>(List.of("podman"));
    pull.addAll(storage);
    pull.addAll(List.of("pull", "--tls-verify=false", registry.name() + "/ours/podman:v1"));
    var output = RegistryFixture.run(directory, pull.toArray(String[]::new));
    assertTrue(output.strip().matches("(?s).*[0-9a-f]{64}"), output);
  }

  @Test
  void wePullWhatSkopeoPushes() throws Exception {
    RegistryFixture.pushImage(repository("theirs/from"), layer("back"));
    Files.writeString(
        directory.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
    RegistryFixture.run(
        directory,
        "skopeo",
        "--policy=policy.json",
        "copy",
        "--format=v2s2",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
        "docker://%s/theirs/from:v1".formatted(registry.name()),
        "docker://%s/theirs/to:v1".formatted(registry.name()));
    var manifest = repository("theirs/to").manifest(new ByTag("v1"));
    assertEquals(MediaType.DOCKER_MANIFEST.text(), manifest.mediaType());
    var again = repository("theirs/to").manifest(new ByDigest(manifest.descriptor().digest()));
    assertArrayEquals(manifest.content(), again.content());
  }

  @Test
  void aBlobLargerThanAChunkArrives() throws Exception {
    var content = RegistryFixture.bytes(1, 3 * RegistryFixture.CHUNK + 17);
    RegistryFixture.put(repository("large"), content);
    assertArrayEquals(content, RegistryFixture.pulled(repository("large"), content));
  }

  @Test
  void theSourceOfALargeBlobIsOpenedOnce() throws Exception {
    var content = RegistryFixture.bytes(10, 5 * RegistryFixture.CHUNK + 1);
    var opened = new AtomicInteger();
    repository("once")
        .put(
            RegistryFixture.layer(content),
            () -> {
              opened.incrementAndGet();
              return new ByteArrayInputStream(content);
            });
    assertEquals(1, opened.get());
  }

  @Test
  void anEmptyBlobArrives() throws Exception {
    RegistryFixture.put(repository("empty"), new byte[0]);
    assertArrayEquals(new byte[0], RegistryFixture.pulled(repository("empty"), new byte[0]));
  }

  @Test
  void aBlobOfAnotherRepositoryIsMountedAndNotSent() throws Exception {
    var content = RegistryFixture.bytes(2, 1000);
    RegistryFixture.put(repository("mount/from"), content);
    var to =
        client.repository(
            RegistryFixture.image(registry.name(), "mount/to"),
            List.of("mount/none", "mount/from"));
    to.put(
        RegistryFixture.layer(content),
        () -> {
          throw new AssertionError("the content is opened");
        });
    assertArrayEquals(content, RegistryFixture.pulled(repository("mount/to"), content));
  }

  @Test
  void aBlobThatTheRegistryHasIsNotSent() throws Exception {
    var content = RegistryFixture.bytes(8, 1000);
    RegistryFixture.put(repository("twice"), content);
    repository("twice")
        .put(
            RegistryFixture.layer(content),
            () -> {
              throw new AssertionError("the content is opened");
            });
  }

  @Test
  void aBlobThatNoRepositoryHasIsSentAfterTheMountFails() throws Exception {
    var content = RegistryFixture.bytes(3, 1000);
    var to =
        client.repository(
            RegistryFixture.image(registry.name(), "mount/sent"), List.of("mount/none"));
    to.put(RegistryFixture.layer(content), () -> new ByteArrayInputStream(content));
    assertArrayEquals(content, RegistryFixture.pulled(to, content));
  }

  @Test
  void contentThatDiffersFromItsDigestIsNotStored() throws Exception {
    var blob = RegistryFixture.layer(RegistryFixture.bytes(4, 1000));
    var other = RegistryFixture.bytes(5, 1000);
    var repository = repository("wrong");
    for (var content : List.of(other, new byte[999])) {
      var thrown =
          assertThrows(
              ImageException.class,
              () -> repository.put(blob, () -> new ByteArrayInputStream(content)));
      assertEquals(ImageFault.WRONG_CONTENT, thrown.fault());
    }
    assertFalse(repository.has(blob));
  }

  @Test
  void aBlobIsStoredWhoseDigestIsKnownOnlyAtItsEnd() throws Exception {
    var repository = repository("written");
    var content = RegistryFixture.bytes(6, 5000);
    Descriptor blob;
    try (var writer = repository.begin(MediaType.OCI_LAYER)) {
      writer.write(content);
      blob = writer.commit();
    }
    assertEquals(RegistryFixture.layer(content), blob);
    assertArrayEquals(content, repository.read(blob, content.length));
    try (var files = Files.newDirectoryStream(shared, "testudo-*")) {
      assertFalse(files.iterator().hasNext());
    }
  }

  @Test
  void tagsAreListed() throws Exception {
    var repository = repository("tags");
    var manifest = RegistryFixture.pushImage(repository, layer("tags"));
    repository.putManifest(new ByTag("v2"), manifest);
    assertEquals(List.of("v1", "v2"), repository.tags().stream().sorted().toList());
  }

  @Test
  void whatIsAbsentIsNotFound() {
    var repository = repository("absent");
    var absent = RegistryFixture.layer(RegistryFixture.bytes(7, 10));
    for (var thrown :
        List.of(
            assertThrows(ImageException.class, () -> repository.manifest(new ByTag("v1"))),
            assertThrows(ImageException.class, () -> repository.open(absent)),
            assertThrows(ImageException.class, repository::tags))) {
      assertEquals(ImageFault.NOT_FOUND, thrown.fault());
    }
    var thrown = assertThrows(ImageException.class, () -> repository.manifest(new ByTag("v1")));
    assertEquals(
        ("cannot pull the manifest `v1` (registry `%s`, repository `absent`): the registry answered"
                + " 404 MANIFEST_UNKNOWN; check the name of the image")
            .formatted(registry.name()),
        thrown.getMessage());
  }

  /// Debian's registry has no referrers API, so this is the tag that stands in for it.
  @Test
  void signaturesAreListedWithTheirSubject() throws Exception {
    var repository = repository("signed");
    var image = RegistryFixture.pushImage(repository, layer("signed"));
    var subject = image.descriptor().digest();
    assertEquals(List.of(), repository.referrers(subject, Optional.empty()));
    var expected = new ArrayList<Digest>();
    for (var type : List.of("example/signature", "example/sbom")) {
      var config = "{}".getBytes(StandardCharsets.UTF_8);
      var layer = RegistryFixture.bytes(type.length(), 10);
      RegistryFixture.put(repository, config);
      RegistryFixture.put(repository, layer);
      var referrer =
          RegistryFixture.manifest(
              config,
              layer,
              ",\"artifactType\":\"%s\",\"annotations\":{\"a\":\"b\"},\"subject\":%s"
                  .formatted(
                      type,
                      "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                          .formatted(image.mediaType(), subject, image.descriptor().size())));
      repository.putManifest(new ByDigest(referrer.descriptor().digest()), referrer);
      repository.putManifest(new ByDigest(referrer.descriptor().digest()), referrer);
      expected.add(referrer.descriptor().digest());
    }
    var all = repository.referrers(subject, Optional.empty());
    assertEquals(expected, all.stream().map(Descriptor::digest).toList());
    var boms = repository.referrers(subject, Optional.of("example/sbom"));
    assertEquals(expected.subList(1, 2), boms.stream().map(Descriptor::digest).toList());
    assertEquals("b", boms.getFirst().annotations().get("a"));
  }

  @Test
  void severalBlobsGoAtOnceOverOneClient() throws Exception {
    var repository = repository("parallel");
    var failures = new CopyOnWriteArrayList<Throwable>();
    var threads = new ArrayList<Thread>();
    for (var n = 0; n < 6; n++) {
      var content = RegistryFixture.bytes(100 + n, RegistryFixture.CHUNK + n);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      RegistryFixture.put(repository, content);
                      var out = new ByteArrayOutputStream();
                      repository.open(RegistryFixture.layer(content)).transferTo(out);
                      assertArrayEquals(content, out.toByteArray());
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join(30_000);
    }
    assertEquals(List.of(), failures);
  }
}
