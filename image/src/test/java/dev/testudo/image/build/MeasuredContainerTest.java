package dev.testudo.image.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.image.MemoryStore;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.transfer.TransferListener;
import dev.testudo.trust.measure.HashedEntry;
import dev.testudo.trust.measure.ImageDescription;
import dev.testudo.trust.measure.RestrictedEntries;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredContainerTest {
  private static final Platform PLATFORM = Platform.linux("riscv64");
  private static final ByTag TAG = new ByTag("confidential");
  private static final LayerFile PROGRAM = file("/bin/program", "program", 0755);
  private static final LayerFile SHADOW = file("/etc/shadow", "nobody may know", 0600);

  @TempDir private Path work;

  private final MemoryStore store = new MemoryStore();
  private LayerIndexCache cache;
  private ConfidentialImage made;
  private AgentLayer agent;

  @BeforeEach
  void confidentialImage() throws IOException {
    cache =
        new LayerIndexCache(
            work.resolve("cache"), LayerIndexCache.MAX_BYTES, InstantSource.system());
    var java = Files.createDirectories(work.resolve("agent/lib/java/bin"));
    Files.writeString(java.resolve("java"), "machine code");
    Files.writeString(work.resolve("agent/lib/agent.options"), "-Xmx32m");
    AgentLayer.pack(work.resolve("agent"), PLATFORM.architecture());
    agent = AgentLayer.read(work.resolve("agent"));
    var base = image(List.of(List.of(PROGRAM, SHADOW)), ContainerConfig.empty());
    made =
        ConfidentialImage.prepare(
                store, base, agent, "app", List.of(Path.of("/data")), cache, TransferListener.NONE)
            .write(store, TAG, TransferListener.NONE);
  }

  private static LayerFile file(String path, String content, int mode) {
    var bytes = content.getBytes(UTF_8);
    return new LayerFile(
        path,
        new Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
        FileAttributes.of(mode));
  }

  private static LayerFile link(String path, String target) {
    return new LayerFile(
        path, new Content.Other(new LayerNode.SymbolicLink(target)), FileAttributes.of(0777));
  }

  private ImageParts image(List<List<LayerFile>> layers, ContainerConfig container)
      throws IOException {
    var blobs = new ArrayList<Descriptor>();
    var diffIds = new ArrayList<Digest>();
    for (var files : layers) {
      var written = LayerWriter.write(files, store, MediaType.OCI_LAYER_GZIP);
      blobs.add(written.blob());
      diffIds.add(written.diffId());
    }
    return image(blobs, diffIds, container);
  }

  private ImageParts image(List<Descriptor> layers, List<Digest> diffIds, ContainerConfig container)
      throws IOException {
    var config =
        new ImageConfig(PLATFORM, container, diffIds, List.of(), Optional.empty(), Map.of());
    var blob = store.add(MediaType.OCI_CONFIG, config.write());
    store.putManifest(
        new ByTag("test"),
        new Manifest(MediaType.OCI_MANIFEST, blob, layers, Map.of(), Map.of()).write());
    return ImageParts.read(store, new ByTag("test"), PLATFORM);
  }

  /// Returns the confidential image with another layer on top.
  private ImageParts with(LayerFile... files) throws IOException {
    var original = ImageParts.read(store, TAG, PLATFORM);
    var written = LayerWriter.write(List.of(files), store, MediaType.OCI_LAYER_GZIP);
    var layers = new ArrayList<>(original.manifest().layers());
    layers.add(written.blob());
    var diffIds = new ArrayList<>(original.config().diffIds());
    diffIds.add(written.diffId());
    return image(layers, diffIds, original.config().container());
  }

  /// Returns the confidential image with other files in one of its layers.
  private ImageParts replaced(int number, List<LayerFile> files) throws IOException {
    var original = ImageParts.read(store, TAG, PLATFORM);
    var written = LayerWriter.write(files, store, MediaType.OCI_LAYER_GZIP);
    var layers = new ArrayList<>(original.manifest().layers());
    layers.set(number, written.blob());
    var diffIds = new ArrayList<>(original.config().diffIds());
    diffIds.set(number, written.diffId());
    return image(layers, diffIds, original.config().container());
  }

  private MeasuredContainer measure(ImageParts image) throws IOException {
    var tree = ImageTree.of(LayerIndexing.of(store, image, cache));
    return MeasuredContainer.of(store, image, tree);
  }

  private ImageFault refusal(ImageParts image) {
    return assertThrows(ImageException.class, () -> measure(image)).fault();
  }

  @Test
  void aConfidentialImageHasTheMeasurementsOfItsMaking() throws IOException {
    var measured = measure(ImageParts.read(store, TAG, PLATFORM));
    assertEquals("app", measured.description().name());
    assertEquals(List.of(Path.of("/data")), measured.description().hostPaths());
    assertEquals(made.tree().measurement(), measured.image());
    assertEquals(agent.machine(), measured.machine());
    assertEquals(made.measurement(), measured.measurement());
    assertEquals(List.of(), measured.ignored());
  }

  @Test
  void aChangedFileChangesTheMeasurementOfItsPart() throws IOException {
    var original = measure(ImageParts.read(store, TAG, PLATFORM));
    for (var change :
        List.of(
            file("/bin/program", "progrAm", 0755),
            file("/bin/program", "program", 0775),
            file("/bin/added", "", 0644),
            link("/bin/added", "program"))) {
      var changed = measure(with(change));
      assertNotEquals(original.image(), changed.image());
      assertEquals(original.machine(), changed.machine());
      assertNotEquals(original.measurement(), changed.measurement());
    }
    for (var change :
        List.of(
            file("/.testudo/lib/java/bin/java", "machine c0de", 0755),
            file("/.testudo/lib/java/bin/added", "", 0644),
            file("/.testudo/testudo", "", 0755))) {
      var changed = measure(with(change));
      assertEquals(original.image(), changed.image());
      assertNotEquals(original.machine(), changed.machine());
      assertNotEquals(original.measurement(), changed.measurement());
    }
  }

  @Test
  void aChangedByteInALayerChangesTheMeasurement() throws IOException {
    var base = measure(replaced(0, List.of(file("/bin/program", "progrAm", 0755), SHADOW)));
    assertNotEquals(made.tree().measurement(), base.image());
    var options = file("/.testudo/lib/agent.options", "-Xmx32m", 0644);
    var java = "/.testudo/lib/java/bin/java";
    var same = measure(replaced(1, List.of(options, file(java, "machine code", 0755))));
    assertEquals(made.measurement(), same.measurement());
    var other = measure(replaced(1, List.of(options, file(java, "machine codE", 0755))));
    assertNotEquals(agent.machine(), other.machine());
  }

  @Test
  void nameAndUnmeasuredPathsAreMeasured() throws IOException {
    var restricted = RestrictedEntries.of(List.of(shadow(0600)));
    for (var description :
        List.of(
            ImageDescription.ofContainer("other", List.of(Path.of("/data")), restricted),
            ImageDescription.ofContainer("app", List.of(), restricted))) {
      assertNotEquals(made.measurement(), measure(with(described(description))).measurement());
    }
  }

  private static HashedEntry shadow(int permissions) {
    return HashedEntry.file(
        "/etc/shadow", permissions, Digest.of("nobody may know".getBytes(UTF_8)).hex());
  }

  private static LayerFile described(ImageDescription description) {
    return file("/.testudo/image.json", new String(description.write(), UTF_8), 0644);
  }

  @Test
  void aWrongListOfRestrictedFilesIsRefused() throws IOException {
    var data = List.of(Path.of("/data"));
    for (var wrong :
        List.of(
            List.<HashedEntry>of(),
            List.of(shadow(0400)),
            List.of(HashedEntry.file("/etc/shadow", 0600, "0".repeat(64))),
            List.of(shadow(0600), HashedEntry.file("/added", 0600, "0".repeat(64))))) {
      var description = ImageDescription.ofContainer("app", data, RestrictedEntries.of(wrong));
      assertEquals(ImageFault.MALFORMED, refusal(with(described(description))));
    }
    // What others may read after all must not be in the list.
    assertEquals(ImageFault.MALFORMED, refusal(with(file("/etc/shadow", "nobody may know", 0644))));
  }

  @Test
  void aRefusalSaysWhatDiffers() throws IOException {
    var changed = with(file("/etc/shadow", "changed", 0600), file("/etc/new", "", 0600));
    var refused = assertThrows(ImageException.class, () -> measure(changed));
    assertEquals(
        "memory: the image is not as Testudo makes confidential images: `restricted` in `image.json`"
            + " does not fit the layers: `/etc/new` is missing, `/etc/shadow` has another hash",
        refused.getMessage());
  }

  @Test
  void anImageWithoutDescriptionIsNotConfidential() throws IOException {
    var plain = image(List.of(List.of(PROGRAM)), ContainerConfig.empty());
    assertEquals(ImageFault.UNSUPPORTED, refusal(plain));
    var linked =
        image(
            List.of(List.of(file("/a/image.json", "{}", 0644), link("/.testudo", "a"))),
            ContainerConfig.empty());
    assertEquals(ImageFault.UNSUPPORTED, refusal(linked));
  }

  @Test
  void whatAnAgentWouldNotStartFromIsRefused() throws IOException {
    for (var change :
        List.of(
            file("/.testudo/image.json", "{", 0644),
            file("/.testudo/image.json", "{\"name\":\"app\",\"files\":[]}", 0644),
            file(
                "/.testudo/image.json",
                "{\"name\":\"a\",\"files\":[],\"container\":true,\"host_paths\":[\"/\\ud800\"]}",
                0644),
            link("/.testudo/image.json", "lib/agent.options"),
            link("/.testudo/lib", "/tmp"),
            link("/.testudo/lib/agent.options", "/tmp/options"))) {
      assertEquals(ImageFault.MALFORMED, refusal(with(change)), change.path());
    }
  }

  @Test
  void whatIsBesideTheAgentIsReported() throws IOException {
    var measured = measure(with(file("/.testudo/other", "", 0644)));
    assertEquals(made.measurement(), measured.measurement());
    assertEquals(List.of("/.testudo/other"), measured.ignored());
  }

  @Test
  void theConfigurationThatTestudoWritesHasNoDeviations() throws IOException {
    var config = ImageParts.read(store, TAG, PLATFORM).config();
    assertEquals(List.of(), ConfigDeviations.of(config));
    var container = config.container();
    var changed =
        new ContainerConfig(
            List.of("/bin/sh"),
            List.of("-c"),
            List.of("LC_ALL=C.UTF-8", "JDK_JAVA_OPTIONS=-Dx=y"),
            "1000",
            "/tmp",
            Set.of("80/tcp"),
            Set.of("/.testudo"),
            Optional.empty(),
            Map.of("a", "b"),
            Optional.of("SIGINT"),
            Map.of());
    assertFalse(container.entrypoint().isEmpty());
    assertEquals(
        List.of(
            "config.Entrypoint",
            "config.Cmd",
            "config.Env",
            "config.WorkingDir",
            "config.Volumes",
            "config.Labels"),
        ConfigDeviations.of(
            new ImageConfig(
                PLATFORM, changed, config.diffIds(), List.of(), Optional.empty(), Map.of())));
  }

  @Test
  void aVolumeThatIsNoPathIsRefused() throws IOException {
    for (var volume : List.of("data", "", "/a\0b", "/\ud800")) {
      var base = image(List.of(List.of(PROGRAM)), withVolume(volume));
      var refusal =
          assertThrows(
              ImageException.class,
              () ->
                  ConfidentialImage.prepare(
                      store, base, agent, "app", List.of(), cache, TransferListener.NONE));
      assertEquals(ImageFault.MALFORMED, refusal.fault());
    }
  }

  private static ContainerConfig withVolume(String path) {
    var empty = ContainerConfig.empty();
    return new ContainerConfig(
        empty.entrypoint(),
        empty.command(),
        empty.environment(),
        empty.user(),
        empty.workingDirectory(),
        empty.exposedPorts(),
        Set.of(path),
        empty.healthcheck(),
        empty.labels(),
        empty.stopSignal(),
        empty.others());
  }
}
