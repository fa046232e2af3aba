package dev.testudo.image.layout;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Healthcheck;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.Owner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A small image with everything that layers can have, in two layers.
final class SampleImage {
  static final String CAPABILITY = "0100000200040000000000000000000000000000";

  private static final FileAttributes FOLDER = FileAttributes.of(0755);

  private SampleImage() {}

  static ImageParts write(BlobSink sink, String tag, String content) throws IOException {
    var base = LayerWriter.write(base(content), sink, MediaType.OCI_LAYER_GZIP);
    var upper = LayerWriter.write(upper(), sink, MediaType.OCI_LAYER_GZIP);
    var config =
        new ImageConfig(
            Platform.linux("amd64"),
            container(),
            List.of(base.diffId(), upper.diffId()),
            List.of(),
            Optional.of("1970-01-01T00:00:00Z"),
            Map.of());
    var configBlob = Descriptor.of(MediaType.OCI_CONFIG, config.write());
    sink.put(configBlob, () -> new ByteArrayInputStream(config.write()));
    var manifest =
        new Manifest(
            MediaType.OCI_MANIFEST,
            configBlob,
            List.of(base.blob(), upper.blob()),
            Map.of(),
            Map.of());
    var raw = manifest.write();
    sink.putManifest(new ByTag(tag), raw);
    return new ImageParts(raw.descriptor(), manifest, config);
  }

  private static ContainerConfig container() {
    return new ContainerConfig(
        List.of("/bin/program"),
        List.of("--serve"),
        List.of("PATH=/bin", "LANG=C.UTF-8"),
        "1000:1000",
        "/data",
        Set.of("8080/tcp"),
        Set.of("/data"),
        Optional.of(
            new Healthcheck(
                List.of("CMD", "/bin/program", "--check"),
                Optional.of(Duration.ofSeconds(5)),
                Optional.empty(),
                Optional.empty(),
                Optional.of(3),
                Map.of())),
        Map.of("version", "1"),
        Optional.of("SIGINT"),
        Map.of());
  }

  static LayerFile file(String path, String content, FileAttributes attributes) {
    var bytes = content.getBytes(UTF_8);
    return new LayerFile(
        path,
        new LayerFile.Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
        attributes);
  }

  private static LayerFile other(String path, LayerNode node, FileAttributes attributes) {
    return new LayerFile(path, new LayerFile.Content.Other(node), attributes);
  }

  private static List<LayerFile> base(String content) {
    return List.of(
        other("/bin", new LayerNode.Directory(), FOLDER),
        file(
            "/bin/program",
            content,
            new FileAttributes(
                0755,
                Owner.of(7, 8),
                0,
                Map.of("security.capability", CAPABILITY, "user.a", "00ff"))),
        other("/bin/alias", new LayerNode.HardLink("/bin/program"), FOLDER),
        other(
            "/data",
            new LayerNode.Directory(),
            new FileAttributes(01777, Owner.of(1000, 1000), 0, Map.of())),
        file("/data/old", "old", FileAttributes.of(0600)),
        file("/data/größe", "x", FileAttributes.of(0644)),
        other("/lib", new LayerNode.SymbolicLink("usr/lib"), FOLDER),
        other("/usr", new LayerNode.Directory(), FOLDER),
        other("/usr/lib", new LayerNode.Directory(), FOLDER),
        file("/usr/lib/" + "l".repeat(150), "long", FileAttributes.of(0444)),
        file("/gone", "gone", FileAttributes.of(0644)),
        other("/hidden", new LayerNode.Directory(), FOLDER),
        file("/hidden/a", "a", FileAttributes.of(0644)));
  }

  private static List<LayerFile> upper() {
    return List.of(
        other("/gone", new LayerNode.Whiteout(), FOLDER),
        other("/hidden", new LayerNode.Directory(), FileAttributes.of(0711)),
        other("/hidden", new LayerNode.OpaqueWhiteout(), FOLDER),
        file("/hidden/b", "b", FileAttributes.of(04755)),
        other("/data", new LayerNode.Directory(), FileAttributes.of(0755)),
        other("/data/old", new LayerNode.Whiteout(), FOLDER),
        file("/data/new", "new", FileAttributes.of(0640)));
  }
}
