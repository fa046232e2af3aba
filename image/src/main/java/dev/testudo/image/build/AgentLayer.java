package dev.testudo.image.build;

import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.measure.ContainerRoot;
import dev.testudo.trust.measure.MachineMeasurement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The layer that has the agent, a Java runtime and a C library in the folder `/.testudo/lib`. It
/// is the same in all images that one installation makes, so registries and nodes store it once.
///
/// @param blob the compressed layer
/// @param diffId the digest of the uncompressed layer
/// @param machine the measurement of the agent in it
/// @param architecture the processor that it is for, as Go spells it
/// @param store the OCI layout that has the blob
public record AgentLayer(
    Descriptor blob, Digest diffId, Measurement machine, String architecture, Path store) {
  /// How a container starts the agent. The loader and all libraries come from the layer, so the
  /// rest of the image needs no C library, and cannot bring another one. What an operator adds
  /// to the command line are arguments that the policy may take (`@@1`).
  public static final List<String> START_OF_CONTAINER = start("AgentMain", "--");

  /// How a virtual machine starts the agent as its process 1. The arguments of the agent follow.
  public static final List<String> START_OF_MACHINE = start("VmMain");

  private static final String TREE = "lib";
  private static final String STORE = "layer";
  private static final String DESCRIPTION = "agent.json";
  private static final int MAX_DESCRIPTION = 1 << 16;
  private static final int MAX_DEPTH = 16;
  private static final int DIRECTORY = 0755;
  private static final int PROGRAM = 0755;
  private static final int PLAIN = 0644;

  private static List<String> start(String mainClass, String... last) {
    var start =
        new ArrayList<>(
            List.of(
                in("ld.so"),
                "--inhibit-cache",
                "--library-path",
                in("") + ":" + in("java/lib"),
                in("java/bin/java"),
                "@" + in("agent.options"),
                "-XX:AOTCache=" + in("agent.aot"),
                "-m",
                "dev.testudo.container/dev.testudo.container." + mainClass,
                "--image",
                ContainerRoot.AGENT));
    start.addAll(List.of(last));
    return List.copyOf(start);
  }

  private static String in(String name) {
    return ContainerRoot.AGENT + "/lib" + (name.isEmpty() ? "" : "/" + name);
  }

  /// Makes the layer from the tree `lib` in `directory`, and stores it there.
  ///
  /// @param architecture the processor that the tree is for
  public static void pack(Path directory, String architecture) throws IOException {
    var tree = directory.resolve(TREE);
    try (var sink = LayoutSink.open(directory.resolve(STORE))) {
      var written = LayerWriter.write(files(tree), sink, MediaType.OCI_LAYER_GZIP);
      var json =
          new JsonBuilder()
              .put("digest", written.blob().digest().toString())
              .put("size", written.blob().size())
              .put("diff_id", written.diffId().toString())
              .put("machine", MachineMeasurement.of(tree, List.of()).hex())
              .put("architecture", architecture);
      Files.write(directory.resolve(DESCRIPTION), Json.write(json.build()));
    }
  }

  /// Returns the layer that [#pack] has stored in `directory`.
  ///
  /// @throws IOException if there is none, or it is malformed
  public static AgentLayer read(Path directory) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(directory.resolve(DESCRIPTION));
    } catch (NoSuchFileException e) {
      throw new IOException(
          "this installation of Testudo has no agent for containers: %s is missing"
              .formatted(e.getFile()),
          e);
    }
    var members = JsonMembers.read(bytes, MAX_DESCRIPTION, DESCRIPTION);
    var digest = digest(members, "digest");
    var size = members.natural("size");
    var diffId = digest(members, "diff_id");
    var machine =
        Measurement.parse(members.text("machine"))
            .orElseThrow(() -> members.wrong("machine", "a measurement"));
    var architecture = members.text("architecture");
    members.done();
    return new AgentLayer(
        Descriptor.of(MediaType.OCI_LAYER_GZIP, digest, size),
        diffId,
        machine,
        architecture,
        directory.resolve(STORE));
  }

  private static Digest digest(JsonMembers members, String name) throws IOException {
    return Digest.parse(members.text(name)).orElseThrow(() -> members.wrong(name, "a digest"));
  }

  /// Opens the layer as it is stored.
  InputStream open() throws IOException {
    var blobs = store.resolve("blobs").resolve(blob.digest().algorithm().text());
    return Files.newInputStream(blobs.resolve(blob.digest().hex()));
  }

  private static List<LayerFile> files(Path tree) throws IOException {
    var files = new ArrayList<LayerFile>();
    files.add(directory(ContainerRoot.AGENT));
    try (var walk = Files.walk(tree, MAX_DEPTH)) {
      for (var file : walk.toList()) {
        var below = tree.relativize(file).toString();
        files.add(Files.isDirectory(file) ? directory(in(below)) : file(in(below), file));
      }
    }
    return files;
  }

  private static LayerFile directory(String path) {
    return new LayerFile(
        path, new Content.Other(new LayerNode.Directory()), FileAttributes.of(DIRECTORY));
  }

  private static LayerFile file(String path, Path file) throws IOException {
    return new LayerFile(
        path,
        new Content.Bytes(Files.size(file), () -> Files.newInputStream(file)),
        FileAttributes.of(Files.isExecutable(file) ? PROGRAM : PLAIN));
  }
}
