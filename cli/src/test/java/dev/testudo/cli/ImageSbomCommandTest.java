package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.image.layout.LayoutStore;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.sbom.SbomArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command `testudo image sbom`, and the bills that `testudo sconify` stores.
class ImageSbomCommandTest {
  private static final int INPUT_WRONG = 1;

  @TempDir private Path work;

  private SmallImages images;

  @BeforeEach
  void imageWithAPackage() throws IOException {
    images = new SmallImages(work);
    images.image(
        "node",
        SmallImages.file("/app", "x"),
        SmallImages.file(
            "/node_modules/left/package.json", "{\"name\":\"left\",\"version\":\"1.2.3\"}"));
  }

  private Digest digest(String tag) throws IOException {
    try (var store = LayoutStore.open(images.directory())) {
      return store.manifest(new ByTag(tag)).descriptor().digest();
    }
  }

  private List<byte[]> attached(String tag) throws IOException {
    var documents = new ArrayList<byte[]>();
    var image = digest(tag);
    try (var store = LayoutStore.open(images.directory())) {
      for (var one : SbomArtifact.find(store, image)) {
        var manifest = Manifest.read(store.manifest(new ByDigest(one.digest())));
        documents.add(store.read(manifest.layers().getFirst(), 1 << 20));
      }
    }
    return documents;
  }

  private String[] sconify(String to, String... more) {
    var words = new ArrayList<>(List.of("sconify", "--from", images.name("node"), "--to", to));
    words.addAll(List.of("--name", "app", "-o", work.resolve("app.yaml").toString()));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  @Test
  void theDocumentNamesImageAndPackages() throws Exception {
    var file = work.resolve("sbom.json");
    images.succeed("image", "sbom", images.name("node"), "-o", file.toString());
    assertEquals("", images.out().text());
    var printed = images.succeed("image", "sbom", images.name("node"), "-q");
    assertEquals(Files.readString(file) + "\n", printed.text());
    var json = printed.json();
    var described = json.object("metadata").object("component");
    assertEquals(digest("node").toString(), described.text("version"));
    assertEquals(1, json.array("components").size());
  }

  @Test
  void anAttachedBillIsFoundByItsImageAndIsOne() throws Exception {
    images.succeed("image", "sbom", images.name("node"), "--attach");
    images.succeed("image", "sbom", images.name("node"), "--attach");
    assertEquals(1, attached("node").size());
    assertEquals(0, attached("base").size());
  }

  @Test
  void sconifyStoresTheBillOfTheNewImage() throws Exception {
    images.succeed(sconify(images.name("made")));
    var bill = attached("made").getFirst();
    var printed = images.succeed("image", "sbom", images.name("made"), "-q");
    assertArrayEquals(printed.text().strip().getBytes(UTF_8), bill);
    images.succeed(sconify(images.name("without"), "--no-sbom"));
    // The same image, which has its bill already.
    assertEquals(digest("made"), digest("without"));
    images.succeed(sconify("oci:%s:app".formatted(work.resolve("plain")), "--no-sbom"));
    assertFalse(Files.readString(work.resolve("plain/index.json")).contains("cyclonedx"));
  }

  /// An image without a name is still the only one of its layout.
  @Test
  void aBillIsNoImageOfTheLayout() {
    var place = "oci:" + work.resolve("single");
    images.succeed(sconify(place + ":app"));
    images.succeed("image", "measure", place);
  }

  @Test
  void nothingIsAttachedToAnArchive() {
    var archive = "oci-archive:" + work.resolve("image.tar");
    images.succeed(sconify(archive));
    assertEquals(INPUT_WRONG, images.run("image", "sbom", archive, "--attach"));
    images.succeed("image", "sbom", archive);
  }
}
