package dev.testudo.image.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.Tools;
import dev.testudo.image.build.TreeMeasurement;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndex;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Platform;
import dev.testudo.trust.measure.SoftwareMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What we write, skopeo, umoci, podman and buildah read, and the other way round. Needs root, as
/// unpacking does.
class CounterpartsPrivilegedTest {
  private static final String NAME = "localhost/testudo-sample:1";

  @TempDir Path directory;
  private ImageParts written;

  @BeforeEach
  void write() throws Exception {
    try (var sink = LayoutSink.open(directory.resolve("oci"))) {
      written = SampleImage.write(sink, "one", "content");
    }
  }

  private String run(String script) throws Exception {
    return Tools.shell(directory, script);
  }

  private ImageParts read(String location) throws Exception {
    return withTree(location).image();
  }

  private record Loaded(ImageParts image, ImageTree tree) {}

  private Loaded withTree(String text) throws Exception {
    var reading = (ImageLocation.Reading.Read) ImageLocation.read(text, directory);
    var location = (ImageLocation.Local) reading.location();
    try (var source = LocalSource.open(location)) {
      var image = ImageParts.read(source, source.find(location.name()), Platform.linux("amd64"));
      var layers = new ArrayList<LayerIndex>();
      for (var layer : image.manifest().layers()) {
        layers.add(LayerIndex.of(source, layer));
      }
      return new Loaded(image, ImageTree.of(layers));
    }
  }

  private static List<String> paths(ImageTree tree) {
    return tree.files().stream().map(one -> one.path() + " " + one.file().node()).toList();
  }

  @Test
  void skopeoCopiesWhatIsWrittenByteForByte() throws Exception {
    run("skopeo copy -q oci:oci:one dir:copy");
    var digest = run("skopeo inspect --format '{{.Digest}}' oci:oci:one").strip();
    assertEquals(written.descriptor().digest().toString(), digest);
    for (var layer : written.manifest().layers()) {
      assertTrue(Files.exists(directory.resolve("copy").resolve(layer.digest().hex())));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker-archive:copy.tar:localhost/testudo-sample:1",
        "oci-archive:copy.tar:two",
        "oci:copy:two",
        "--dest-compress-format=zstd --dest-compress oci:copy:two"
      })
  void whatSkopeoWritesIsRead(String target) throws Exception {
    run("skopeo copy -q oci:oci:one " + target);
    var location = target.substring(target.lastIndexOf(' ') + 1);
    var copy = withTree(location);
    assertEquals(written.config().diffIds(), copy.image().config().diffIds());
    assertEquals(written.config().container(), copy.image().config().container());
    assertEquals(paths(withTree("oci:oci:one").tree()), paths(copy.tree()));
  }

  @Test
  void archivesAreReadBySkopeoAndLoadedByPodman() throws Exception {
    try (var sink = DockerArchiveSink.create(directory.resolve("docker.tar"))) {
      SampleImage.write(sink, NAME, "content");
    }
    try (var sink = OciArchiveSink.create(directory.resolve("oci.tar"))) {
      SampleImage.write(sink, "one", "content");
    }
    run("skopeo copy -q docker-archive:docker.tar oci:from-docker:x");
    assertEquals(written.config().diffIds(), read("oci:from-docker:x").config().diffIds());
    run("skopeo copy -q oci-archive:oci.tar:one oci:from-oci:x");
    assertEquals(written.descriptor().digest(), read("oci:from-oci:x").descriptor().digest());
    var podman = "podman --root $PWD/store --runroot $PWD/run --storage-driver vfs ";
    run(podman + "load -q -i docker.tar");
    assertEquals(
        "[/bin/program] 1000:1000 SIGINT",
        run(podman
                + "image inspect --format '{{.Config.Entrypoint}} {{.Config.User}} {{.Config.StopSignal}}' "
                + NAME)
            .strip());
    run(podman + "save -q -o saved.tar " + NAME);
    run(podman + "save -q --format oci-archive -o saved-oci.tar " + NAME);
    assertEquals(written.config().diffIds(), read("docker-archive:saved.tar").config().diffIds());
    run("gzip -k saved.tar");
    assertEquals(
        written.config().diffIds(), read("docker-archive:saved.tar.gz").config().diffIds());
    assertEquals(written.config().diffIds(), read("oci-archive:saved-oci.tar").config().diffIds());
  }

  @Test
  void theTreeIsWhatUmociUnpacks() throws Exception {
    run("umoci unpack --image oci:one bundle");
    var root = directory.resolve("bundle/rootfs");
    var onDisk = new ArrayList<String>();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(one -> !one.equals(root)).toList()) {
        onDisk.add(described("/" + root.relativize(file), file));
      }
    }
    onDisk.sort(null);
    var tree = withTree("oci:oci:one").tree();
    var merged = new ArrayList<String>();
    for (var file : tree.files()) {
      var attributes = file.file().attributes();
      var node = file.file().node();
      merged.add(
          "%s %o %d:%d %s"
              .formatted(
                  file.path(),
                  node instanceof LayerNode.SymbolicLink ? 0 : attributes.mode(),
                  attributes.owner().uid(),
                  attributes.owner().gid(),
                  node instanceof LayerNode.SymbolicLink(var target) ? target : ""));
    }
    merged.sort(null);
    assertEquals(onDisk, merged);
    var program = root.resolve("bin/program");
    assertEquals(
        Files.getAttribute(program, "unix:ino"),
        Files.getAttribute(root.resolve("bin/alias"), "unix:ino"));
    assertTrue(
        run("getfattr -m- -d -e hex --absolute-names " + program)
            .contains("security.capability=0x" + SampleImage.CAPABILITY));
  }

  private static String described(String path, Path file) throws IOException {
    var link = Files.isSymbolicLink(file);
    var mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    return "%s %o %d:%d %s"
        .formatted(
            path,
            link ? 0 : mode,
            (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS),
            (Integer) Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS),
            link ? Files.readSymbolicLink(file) : "");
  }

  @Test
  void theMeasurementIsThatOfTheUnpackedImage() throws Exception {
    run("umoci unpack --image oci:one bundle");
    var root = directory.resolve("bundle/rootfs");
    var agent = root.resolve(".testudo");
    Files.createDirectories(agent.resolve("lib"));
    Files.writeString(
        agent.resolve("image.json"),
        "{\"name\":\"sample\",\"container\":true,\"files\":[],\"host_paths\":[\"/data\"]}",
        UTF_8);
    var tree = withTree("oci:oci:one").tree();
    var measured = TreeMeasurement.of("sample", tree, List.of(Path.of("/data"))).measurement();
    assertEquals(
        SoftwareMeasurement.of(agent.resolve("lib"), agent).image().measurement(), measured);
    Files.setPosixFilePermissions(
        root.resolve("usr/lib"), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(
        !SoftwareMeasurement.of(agent.resolve("lib"), agent)
            .image()
            .measurement()
            .equals(measured));
  }

  @Test
  void whatUmociAndBuildahBuildIsRead() throws Exception {
    run("umoci new --image oci:empty; umoci unpack --image oci:empty bundle");
    var root = directory.resolve("bundle/rootfs");
    run(
        "cd bundle/rootfs; mkdir -p a/b; printf x > a/b/f; ln a/b/f a/hard; ln -s /a/b link; mkfifo pipe;"
            + " mknod null c 1 3; chmod 2755 a; chown 4000000000:77 a/b/f; setfattr -n user.t -v v a/b/f");
    run("umoci repack --image oci:empty bundle");
    Files.delete(root.resolve("link"));
    run("umoci repack --image oci:empty bundle");
    var tree = withTree("oci:oci:empty").tree();
    assertEquals(
        List.of("/a", "/a/b", "/a/b/f", "/a/hard", "/null", "/pipe"),
        tree.files().stream().map(ImageTree.Located::path).toList());
    var file = tree.find("/a/hard").orElseThrow().file();
    assertEquals(4_000_000_000L, file.attributes().owner().uid());
    assertEquals("76", file.attributes().xattrs().get("user.t"));
    assertEquals(file, tree.find("/a/b/f").orElseThrow().file());
    var buildah = "buildah --root $PWD/store --runroot $PWD/run --storage-driver vfs ";
    run(
        "%1$s from --name c oci:oci:one >/dev/null; printf added > added; %1$s copy -q c added /x/added; %1$s config --user 5 c; %1$s commit -q c oci:built:y >/dev/null"
            .formatted(buildah));
    var built = withTree("oci:built:y");
    assertEquals("5", built.image().config().container().user());
    assertTrue(built.tree().find("/x/added").isPresent());
    assertTrue(built.tree().find("/bin/alias").isPresent());
    assertTrue(built.tree().find("/gone").isEmpty());
  }

  @Test
  void theSameFilesGiveTheSameArchive() throws Exception {
    var sinks = new ArrayList<byte[]>();
    for (var name : List.of("a.tar", "b.tar")) {
      try (BlobSink sink = OciArchiveSink.create(directory.resolve(name))) {
        SampleImage.write(sink, "one", "content");
      }
      sinks.add(Files.readAllBytes(directory.resolve(name)));
    }
    assertArrayEquals(sinks.get(0), sinks.get(1));
    assertEquals(Optional.empty(), withTree("oci-archive:a.tar").tree().find("/gone"));
  }
}
