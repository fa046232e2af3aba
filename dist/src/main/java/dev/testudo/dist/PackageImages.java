package dev.testudo.dist;

import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.layer.DiskFiles;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.layer.WrittenLayer;
import dev.testudo.image.layout.OciArchiveSink;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.tar.FileAttributes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The images of Testudo itself, made from nothing: the command line, CAS, the operator of
/// Kubernetes, and the runtime of confidential images as an image of its own, so that a registry
/// can have that layer before the first confidential image. For scripts/package.
///
/// They have no shell and run with any user id, without capabilities and with a read-only root. The
/// directories in which they write belong to everybody, like `/tmp`, because nobody knows that id.
final class PackageImages {
  private static final String HOME = "/usr/lib/testudo";
  private static final String MAIN = "dev.testudo.dist/dev.testudo.dist.Main";

  /// Starts the JVM with the C library of the image.
  private static final List<String> JAVA =
      List.of(
          HOME + "/libc/ld.so",
          "--inhibit-cache",
          "--library-path",
          HOME + "/libc:" + HOME + "/lib/java/lib",
          HOME + "/lib/java/bin/java");

  private static final String USER = "65532:65532";
  private static final String USERS_HOME = "/home/testudo";
  private static final String STATE = "/var/lib/testudo-cas";
  private static final int CAS_PORT = 8081;
  private static final int ANYBODY = 01777;

  private final Path root;
  private final Platform platform;
  private final long epoch;
  private final Path directory;
  private final String version;

  /// Creates the images of one version.
  ///
  /// @param root the root directory of the command line's image
  /// @param architecture the processor, as Go spells it
  /// @param epoch the time of all files, seconds since 1970
  /// @param directory where the archives are written
  /// @param version the end of their names, such as `0.1.0-x86_64`
  PackageImages(Path root, String architecture, long epoch, Path directory, String version) {
    this.root = root;
    this.platform = Platform.linux(architecture);
    this.epoch = epoch;
    this.directory = directory;
    this.version = version;
  }

  /// Writes the archives.
  void write() throws IOException {
    var files = DiskFiles.normalised(root, "/");
    var container = HOME + "/container";
    var operator = HOME + "/operator";
    write("testudo-cli", with(without(files, operator), USERS_HOME), commandLine());
    write("testudo-cas", with(without(without(files, operator), container), STATE), cas());
    write("testudo-operator", with(without(files, container), USERS_HOME), operator());
    writeRuntime();
  }

  private static List<LayerFile> without(List<LayerFile> files, String folder) {
    return files.stream().filter(file -> !file.path().startsWith(folder)).toList();
  }

  private static ContainerConfig commandLine() {
    return config(
        entryPoint(List.of("-Xmx1g"), List.of()),
        List.of("--help"),
        List.of("HOME=" + USERS_HOME),
        Set.of(),
        USERS_HOME);
  }

  private static ContainerConfig cas() {
    return config(
        entryPoint(
            List.of("@" + HOME + "/cas.options"),
            List.of(
                "cas", "serve", "--state", STATE + "/state", "--listen", "0.0.0.0:" + CAS_PORT)),
        List.of(),
        List.of(),
        Set.of(CAS_PORT + "/tcp"),
        STATE);
  }

  /// The libraries of the operator are no modules, and its classes are in no archive.
  private static ContainerConfig operator() {
    var words = new ArrayList<>(JAVA);
    words.add("@" + HOME + "/operator/operator.options");
    words.addAll(List.of("-cp", HOME + "/operator/*", "dev.testudo.operator.OperatorMain"));
    return config(words, List.of(), List.of(), Set.of(), USERS_HOME);
  }

  private static List<String> entryPoint(List<String> options, List<String> arguments) {
    var words = new ArrayList<>(JAVA);
    words.add("@" + HOME + "/command.options");
    words.add("-XX:SharedArchiveFile=" + HOME + "/lib/testudo.jsa");
    words.addAll(options);
    words.add("-m");
    words.add(MAIN);
    words.addAll(arguments);
    return words;
  }

  private static ContainerConfig config(
      List<String> entryPoint,
      List<String> arguments,
      List<String> environment,
      Set<String> ports,
      String volume) {
    var variables = new ArrayList<>(List.of("LC_ALL=C.UTF-8"));
    variables.addAll(environment);
    return new ContainerConfig(
        entryPoint,
        arguments,
        variables,
        USER,
        volume,
        ports,
        Set.of(volume),
        Optional.empty(),
        Map.of("org.opencontainers.image.licenses", "Apache-2.0"),
        Optional.of("SIGTERM"),
        Map.of());
  }

  private List<LayerFile> with(List<LayerFile> files, String writable) {
    var all = new ArrayList<LayerFile>();
    files.forEach(file -> all.add(timed(file, file.attributes().mode())));
    for (var path : List.of("/tmp", writable)) {
      var created =
          new LayerFile(
              path,
              new LayerFile.Content.Other(new LayerNode.Directory()),
              FileAttributes.of(ANYBODY));
      all.add(timed(created, ANYBODY));
    }
    return all;
  }

  /// The JVM uses the archive of classes only if its modules have the time that they had when it
  /// was made.
  private LayerFile timed(LayerFile file, int mode) {
    var attributes = file.attributes();
    return new LayerFile(
        file.path(),
        file.content(),
        new FileAttributes(mode, attributes.owner(), epoch, attributes.xattrs()));
  }

  private void write(String name, List<LayerFile> files, ContainerConfig config)
      throws IOException {
    try (var sink = OciArchiveSink.create(archive(name))) {
      finish(sink, name, LayerWriter.write(files, sink, MediaType.OCI_LAYER_GZIP), config);
    }
  }

  private void writeRuntime() throws IOException {
    var name = "testudo-runtime";
    var agent = AgentLayer.read(root.resolve(HOME.substring(1)).resolve("container"));
    var digest = agent.blob().digest();
    var file = agent.store().resolve("blobs").resolve(digest.algorithm().text());
    try (var sink = OciArchiveSink.create(archive(name))) {
      sink.put(agent.blob(), () -> Files.newInputStream(file.resolve(digest.hex())));
      finish(sink, name, new WrittenLayer(agent.blob(), agent.diffId()), ContainerConfig.empty());
    }
  }

  private Path archive(String name) {
    return directory.resolve("%s-%s.oci.tar".formatted(name, version));
  }

  private void finish(
      OciArchiveSink sink, String name, WrittenLayer layer, ContainerConfig container)
      throws IOException {
    var config =
        new ImageConfig(
                platform, container, List.of(layer.diffId()), List.of(), Optional.empty(), Map.of())
            .write();
    var configured = Descriptor.of(MediaType.OCI_CONFIG, config);
    sink.put(configured, () -> new ByteArrayInputStream(config));
    var manifest =
        new Manifest(MediaType.OCI_MANIFEST, configured, List.of(layer.blob()), Map.of(), Map.of());
    sink.putManifest(new ByTag(name + ":" + version.split("-", -1)[0]), manifest.write());
  }
}
