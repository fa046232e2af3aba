package dev.testudo.image.build.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.layer.WrittenLayer;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.layout.LayoutSource;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A base image in an OCI layout: a static busybox, and files of every kind.
final class BuildSample {
  static final String TAG = "base";
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final Owner OTHER = Owner.of(33, 42);

  private BuildSample() {}

  /// Writes the image, and returns how to read it.
  static CommandBase write(Path layout) throws IOException {
    try (var sink = LayoutSink.open(layout)) {
      var lower = LayerWriter.write(lower(), sink, MediaType.OCI_LAYER_GZIP);
      var upper = LayerWriter.write(upper(), sink, MediaType.OCI_LAYER_GZIP);
      writeImage(sink, List.of(lower, upper));
    }
    var source = LayoutSource.directory(layout);
    return CommandBase.of(source, ImageParts.read(source, new ByTag(TAG), Platform.linux("amd64")));
  }

  /// Writes an image of layers that `sink` has.
  static void writeImage(BlobSink sink, List<WrittenLayer> layers) throws IOException {
    var config =
        new ImageConfig(
            Platform.linux("amd64"),
            container(),
            layers.stream().map(WrittenLayer::diffId).toList(),
            List.of(),
            Optional.empty(),
            Map.of());
    var blob = Descriptor.of(MediaType.OCI_CONFIG, config.write());
    sink.put(blob, () -> new ByteArrayInputStream(config.write()));
    var blobs = layers.stream().map(WrittenLayer::blob).toList();
    sink.putManifest(
        new ByTag(TAG),
        new Manifest(MediaType.OCI_MANIFEST, blob, blobs, Map.of(), Map.of()).write());
  }

  private static ContainerConfig container() {
    return new ContainerConfig(
        List.of(),
        List.of(),
        List.of("PATH=/bin", "FROM_IMAGE=yes"),
        "",
        "",
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  private static List<LayerFile> lower() throws IOException {
    var files = new ArrayList<LayerFile>();
    var program = Files.size(BUSYBOX);
    files.add(
        new LayerFile(
            "/bin/busybox",
            new Content.Bytes(program, () -> Files.newInputStream(BUSYBOX)),
            FileAttributes.of(0755)));
    for (var name :
        List.of(
            "sh cat id ls rm mkdir ln chmod chown touch env sleep ps mknod mount nc kill mv echo true tr"
                .split(" "))) {
      files.add(other("/bin/" + name, new LayerNode.SymbolicLink("busybox"), 0777));
    }
    files.add(other("/tmp", new LayerNode.Directory(), 01777));
    files.add(other("/dev/sda", new LayerNode.Device(true, 8, 0), 0660));
    files.add(file("/etc/kept", "kept", FileAttributes.of(0640)));
    files.add(file("/etc/changed", "before", FileAttributes.of(0644)));
    files.add(file("/etc/gone", "gone", FileAttributes.of(0644)));
    files.add(file("/old/one", "1", FileAttributes.of(0644)));
    files.add(file("/old/sub/two", "2", FileAttributes.of(0644)));
    files.add(
        file("/srv/owned", "owned", new FileAttributes(0600, OTHER, 0, Map.of("user.a", "00ff"))));
    files.add(file("/srv/linked", "linked", FileAttributes.of(0644)));
    files.add(other("/srv/alias", new LayerNode.HardLink("/srv/linked"), 0644));
    files.add(file("/srv/größe", "umlaut", FileAttributes.of(0644)));
    files.add(file("/srv/\udcff\udcfe", "no text", FileAttributes.of(0644)));
    files.add(other("/etc/outside", new LayerNode.SymbolicLink("/../../../outside"), 0777));
    return files;
  }

  private static List<LayerFile> upper() {
    return List.of(
        other("/etc/gone2", new LayerNode.Whiteout(), 0),
        file("/etc/upper", "upper", FileAttributes.of(0644)));
  }

  static LayerFile file(String path, String content, FileAttributes attributes) {
    var bytes = content.getBytes(UTF_8);
    return new LayerFile(
        path, new Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)), attributes);
  }

  private static LayerFile other(String path, LayerNode node, int mode) {
    return new LayerFile(path, new Content.Other(node), FileAttributes.of(mode));
  }
}
