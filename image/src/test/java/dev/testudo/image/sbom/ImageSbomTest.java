package dev.testudo.image.sbom;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.packageurl.PackageURL;
import dev.testudo.image.MemoryStore;
import dev.testudo.image.Tools;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.KeptContents;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerIndex;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.tar.FileAttributes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.cyclonedx.Version;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.Property;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Bills of real package databases, compared with what the package managers say. CycloneDX's own
/// library validates each document.
@Timeout(120)
class ImageSbomTest {
  private static final Path DIST = Path.of("/usr/lib/python3/dist-packages");

  @TempDir private Path work;

  private final MemoryStore store = new MemoryStore();
  private final List<Descriptor> layers = new ArrayList<>();

  private static LayerFile file(String path, byte[] content) {
    return new LayerFile(
        path,
        new Content.Bytes(content.length, () -> new ByteArrayInputStream(content)),
        FileAttributes.of(0644));
  }

  private static LayerFile file(String path, String content) {
    return file(path, content.getBytes(UTF_8));
  }

  private static LayerFile copy(Path file) throws IOException {
    return file(file.toString(), Files.readAllBytes(file));
  }

  private Digest layer(List<LayerFile> files) throws IOException {
    var layer = LayerWriter.write(files, store, MediaType.OCI_LAYER_GZIP).blob();
    layers.add(layer);
    return layer.digest();
  }

  private byte[] document() throws IOException {
    var indexes = new ArrayList<LayerIndex>();
    for (var layer : layers) {
      indexes.add(LayerIndex.of(store, layer));
    }
    var tree = ImageTree.of(indexes);
    var image = Digest.of("image".getBytes(UTF_8));
    var read = ImageSbom.of(store, image, layers, tree, KeptContents.NOTHING);
    assertArrayEquals(read, ImageSbom.of(store, image, layers, tree, kept()));
    return read;
  }

  /// Returns what an indexing of the layers keeps.
  private KeptContents kept() throws IOException {
    var nowhere = new LayerIndexCache(Path.of("/proc/nowhere"), 0, InstantSource.system());
    var cache = nowhere.keeping(ImageSbom.contents());
    for (var layer : layers) {
      cache.index(store, layer);
    }
    return cache.contents();
  }

  /// Returns the document, which is valid.
  private Bom sbom() throws Exception {
    var bytes = document();
    var parser = new JsonParser();
    assertEquals(List.of(), parser.validate(bytes, Version.VERSION_16));
    var bom = parser.parse(bytes);
    for (var one : components(bom)) {
      assertEquals(new PackageURL(one.getPurl()).canonicalize(), one.getPurl());
    }
    return bom;
  }

  private static List<Component> components(Bom bom) {
    var components = bom.getComponents();
    return components == null ? List.of() : components;
  }

  private static Map<String, String> versions(Bom bom) {
    var versions = new TreeMap<String, String>();
    for (var one : components(bom)) {
      var group = one.getGroup() == null ? "" : one.getGroup() + "/";
      versions.put(group + one.getName(), String.valueOf(one.getVersion()));
    }
    return versions;
  }

  private static List<String> warnings(Bom bom) {
    var properties = bom.getMetadata().getProperties();
    return properties == null ? List.of() : properties.stream().map(Property::getValue).toList();
  }

  private static List<String> layersOf(Component component) {
    return component.getProperties().stream().map(Property::getValue).toList();
  }

  private static Component component(Bom bom, String name) {
    return components(bom).stream()
        .filter(one -> one.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String run(String script) throws Exception {
    return Tools.shell(work, script);
  }

  @Test
  void debianPackagesAreThoseOfDpkg() throws Exception {
    var base =
        layer(
            List.of(
                copy(Path.of("/var/lib/dpkg/status")),
                file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"),
                copy(Path.of("/usr/share/doc/base-files/copyright")),
                copy(Path.of("/usr/share/doc/openssl/copyright")),
                copy(Path.of("/var/lib/dpkg/info/base-files.list"))));
    var upper = layer(List.of(copy(Path.of("/var/lib/dpkg/info/openssl.list"))));
    var bom = sbom();
    var expected = new TreeSet<String>();
    run("dpkg-query -W -f='${db:Status-Status} ${Package} ${Version} ${Architecture}\\n'")
        .lines()
        .filter(line -> line.startsWith("installed "))
        .forEach(line -> expected.add(line.substring("installed ".length())));
    var found = new TreeSet<String>();
    for (var one : components(bom)) {
      var architecture = new PackageURL(one.getPurl()).getQualifiers().get("arch");
      found.add("%s %s %s".formatted(one.getName(), one.getVersion(), architecture));
    }
    assertEquals(expected, found);
    assertEquals(List.of(), warnings(bom));

    var openssl = component(bom, "openssl");
    assertTrue(openssl.getPurl().startsWith("pkg:deb/debian/openssl@"), openssl.getPurl());
    assertTrue(openssl.getPurl().endsWith("?arch=amd64&distro=debian-12"), openssl.getPurl());
    assertTrue(
        openssl.getLicenses().getLicenses().stream()
            .anyMatch(licence -> "Apache-2.0".equals(licence.getId())));
    assertEquals(List.of(upper.toString()), layersOf(openssl));
    assertEquals(List.of(base.toString()), layersOf(component(bom, "base-files")));
  }

  @Test
  void distrolessImagesHaveAFilePerPackage() throws Exception {
    layer(
        List.of(
            file(
                "/var/lib/dpkg/status.d/base",
                "Package: base-files\nVersion: 12.4\nArchitecture: amd64\nDescription: x\n y\n"),
            file("/var/lib/dpkg/status.d/base.md5sums", "Package: no-package\n"),
            file(
                "/var/lib/dpkg/status",
                "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n")));
    assertEquals(Map.of("base-files", "12.4"), versions(sbom()));
  }

  @Test
  void alpinePackagesAreRead() throws Exception {
    layer(
        List.of(
            file("/etc/os-release", "ID=alpine\nVERSION_ID=3.20.1\n"),
            file(
                "/lib/apk/db/installed",
                """
                C:Q1abc=
                P:libssl3
                V:3.3.1-r0
                A:x86_64
                L:Apache-2.0
                o:openssl
                F:lib

                P:musl
                V:1.2.5-r0
                A:x86_64
                L:MIT
                """)));
    var bom = sbom();
    assertEquals(
        List.of(
            "pkg:apk/alpine/libssl3@3.3.1-r0?arch=x86_64&distro=alpine-3.20.1&upstream=openssl",
            "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1"),
        components(bom).stream().map(Component::getPurl).toList());
  }

  @Test
  void pythonPackagesAreThoseOfPython() throws Exception {
    var files = new ArrayList<LayerFile>();
    try (var all = Files.walk(DIST, 2)) {
      for (var file : all.toList()) {
        if (file.toString().matches(".*(-info/(METADATA|PKG-INFO)|\\.egg-info)")
            && Files.isRegularFile(file)) {
          files.add(copy(file));
        }
      }
    }
    layer(files);
    var expected = new TreeMap<String, String>();
    run("""
    /usr/bin/python3 -I -c '
    import importlib.metadata, re
    for one in importlib.metadata.distributions(path=["%s"]):
        print(re.sub("[-_.]+", "-", one.metadata["Name"]).lower(), one.version)'
    """
            .formatted(DIST))
        .lines()
        .forEach(line -> expected.put(line.split(" ")[0], line.split(" ")[1]));
    var bom = sbom();
    assertEquals(expected, versions(bom));
    assertEquals(List.of(), warnings(bom));
    assertTrue(expected.containsKey("flask"));
  }

  @Test
  void nodePackagesAreThoseInNodeModulesAndInALock() throws Exception {
    var files = new ArrayList<LayerFile>();
    files.add(
        file(
            "/app/node_modules/acorn/package.json",
            """
            {"name": "acorn", "version": "8.8.1", "license": "MIT",
             "engines": {"node": ">=0.4.0"}, "exports": {".": [{"import": "./a.mjs"}, "./a.js"]}}
            """));
    files.add(
        file(
            "/app/node_modules/@scope/inner/package.json",
            "{\"name\":\"@scope/inner\",\"version\":\"0.1.0\",\"licenses\":[{\"type\":\"ISC\"}]}"));
    files.add(file("/app/node_modules/acorn/lib/package.json", "{\"type\":\"module\"}"));
    files.add(file("/app/package.json", "{\"name\":\"app\",\"version\":\"1.0.0\"}"));
    files.add(
        file(
            "/bundled/package-lock.json",
            """
            {"lockfileVersion": 3, "packages": {
              "": {"name": "app"},
              "node_modules/a": {"version": "1.0.0", "license": "MIT"},
              "node_modules/a/node_modules/@s/b": {"version": "2.0.0"},
              "node_modules/tool": {"version": "3.0.0", "dev": true}}}
            """));
    layer(files);
    var bom = sbom();
    assertEquals(
        Map.of("acorn", "8.8.1", "@scope/inner", "0.1.0", "a", "1.0.0", "@s/b", "2.0.0"),
        versions(bom));
    assertEquals("ISC", component(bom, "inner").getLicenses().getLicenses().getFirst().getId());
    assertEquals("pkg:npm/%40scope/inner@0.1.0", component(bom, "inner").getPurl());
  }

  private static byte[] jar(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  private static Map<String, byte[]> pom(String group, String name, String version) {
    return Map.of(
        "META-INF/maven/%s/%s/pom.properties".formatted(group, name),
        "groupId=%s\nartifactId=%s\nversion=%s\n".formatted(group, name, version).getBytes(UTF_8));
  }

  @Test
  void jarsAndTheJarsInThemAreRead() throws Exception {
    var application = new LinkedHashMap<String, byte[]>();
    application.putAll(pom("com.example", "app", "1.0"));
    application.put("BOOT-INF/lib/inner-2.1.jar", jar(pom("org.inner", "inner", "2.1")));
    application.put("BOOT-INF/lib/named-3.2.1.jar", jar(Map.of("x", new byte[10])));
    application.put("BOOT-INF/lib/broken-1.jar", "no archive".getBytes(UTF_8));
    var manifest = "Manifest-Version: 1.0\r\nImplementation-Version: 7\r\n".getBytes(UTF_8);
    layer(
        List.of(
            file("/app/app.jar", jar(application)),
            file("/app/lib.jar", jar(Map.of("META-INF/MANIFEST.MF", manifest)))));
    var bom = sbom();
    assertEquals(
        Map.of(
            "com.example/app", "1.0",
            "org.inner/inner", "2.1",
            "named", "3.2.1",
            "broken", "1",
            "lib", "7"),
        versions(bom));
    assertEquals(
        "/app/app.jar!/BOOT-INF/lib/inner-2.1.jar",
        component(bom, "inner").getEvidence().getOccurrences().getFirst().getLocation());
  }

  @Test
  void oneMavenJarIsWhatMavenSays() throws Exception {
    var jar = Path.of(JsonParser.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    layer(List.of(file("/lib/x.jar", Files.readAllBytes(jar))));
    assertEquals(Map.of("org.cyclonedx/cyclonedx-core-java", "9.0.5"), versions(sbom()));
  }

  @Test
  void whatCannotBeReadIsAWarning() throws Exception {
    layer(
        List.of(
            file("/app/node_modules/a/package.json", "{"),
            file("/app/node_modules/deep/package.json", "[".repeat(10_000)),
            file("/site/a.dist-info/METADATA", "no fields here"),
            file("/app/package-lock.json", "{\"lockfileVersion\":1}"),
            file("/app/big/node_modules/b/package.json", new byte[33 << 20])));
    var bom = sbom();
    assertEquals(List.of(), components(bom));
    assertEquals(
        List.of(
            "/app/big/node_modules/b/package.json: not read: 34603008 bytes, 33554432 are allowed",
            "/app/node_modules/a/package.json: not JSON, or beyond a limit, at character 1",
            "/app/node_modules/deep/package.json: not JSON",
            "/app/package-lock.json: it locks no `packages`; only versions 2 and 3 do",
            "/site/a.dist-info/METADATA: there is no field `Name`"),
        warnings(bom));
  }

  /// Each jar contains the next one; and one that unpacks to far more than it has.
  @Test
  void hostileArchivesEndAtALimit() throws Exception {
    var inner = jar(pom("g", "deepest", "1"));
    for (var i = 0; i < 6; i++) {
      inner = jar(Map.of("n%d-1.jar".formatted(i), inner));
    }
    var bomb = jar(Map.of("META-INF/MANIFEST.MF", new byte[10 << 20]));
    layer(List.of(file("/deep.jar", inner), file("/bomb.jar", bomb)));
    var bom = sbom();
    assertFalse(versions(bom).containsKey("g/deepest"));
    assertEquals(2, warnings(bom).size());
  }

  @Test
  void removedAndLinkedFilesCountAsTheImageShowsThem() throws Exception {
    layer(
        List.of(
            file("/a/node_modules/gone/package.json", "{\"name\":\"gone\",\"version\":\"1\"}"),
            file("/a/node_modules/old/package.json", "{\"name\":\"old\",\"version\":\"1\"}")));
    var upper =
        layer(
            List.of(
                new LayerFile(
                    "/a/node_modules/gone",
                    new Content.Other(new LayerNode.Whiteout()),
                    FileAttributes.of(0644)),
                file("/a/node_modules/old/package.json", "{\"name\":\"old\",\"version\":\"2\"}"),
                file("/b/node_modules/old/package.json", "{\"name\":\"old\",\"version\":\"2\"}")));
    var bom = sbom();
    assertEquals(Map.of("old", "2"), versions(bom));
    var old = component(bom, "old");
    assertEquals(List.of(upper.toString()), layersOf(old));
    assertEquals(2, old.getEvidence().getOccurrences().size());
  }

  @Test
  void theSameImageGivesTheSameBytes() throws Exception {
    layer(List.of(copy(Path.of("/var/lib/dpkg/status"))));
    assertArrayEquals(document(), document());
  }

  @Test
  void anImageWithoutPackagesHasAnEmptyBill() throws Exception {
    layer(List.of(file("/program", "x")));
    assertEquals(List.of(), components(sbom()));
  }
}
