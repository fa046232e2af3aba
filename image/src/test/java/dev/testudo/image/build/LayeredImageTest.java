package dev.testudo.image.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeContents;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.tar.FileAttributes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Layers over a base, and files of this machine as such a layer.
class LayeredImageTest {
  @TempDir private Path work;
  private LayeredImage image;

  @BeforeEach
  void aBase() throws IOException {
    image = LayeredImage.onNothing(Platform.linux("amd64"), work.resolve("layers"));
    image.add(
        List.of(
            directory("/srv", 0700),
            directory("/srv/real", 0750),
            link("/srv/alias", "real"),
            link("/srv/nowhere", "/absent"),
            file("/etc/passwd", "base", 0600)));
  }

  @AfterEach
  void close() throws IOException {
    image.close();
  }

  private static LayerFile directory(String path, int mode) {
    return new LayerFile(
        path, new Content.Other(new LayerNode.Directory()), FileAttributes.of(mode));
  }

  private static LayerFile link(String path, String target) {
    return new LayerFile(
        path, new Content.Other(new LayerNode.SymbolicLink(target)), FileAttributes.of(0777));
  }

  private static LayerFile file(String path, String content, int mode) {
    var bytes = content.getBytes(UTF_8);
    return new LayerFile(
        path,
        new Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
        FileAttributes.of(mode));
  }

  private ImageTree tree() throws IOException {
    var cache =
        new LayerIndexCache(
            work.resolve("cache"), LayerIndexCache.MAX_BYTES, InstantSource.system());
    return ImageTree.of(LayerIndexing.of(image, image.parts(), cache));
  }

  private Path onDisk(String name, String permissions) throws IOException {
    var file = Files.writeString(work.resolve(name), name);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private void add(Map<String, Path> files, String folder) throws IOException {
    var paths = new TreeMap<Path, Path>();
    files.forEach((path, file) -> paths.put(Path.of(path), file));
    image.add(AddedFiles.over(tree(), paths, List.of(Path.of(folder))));
  }

  private Map<String, String> modes() throws IOException {
    var modes = new TreeMap<String, String>();
    for (var located : tree().files()) {
      modes.put(located.path(), Integer.toOctalString(located.file().attributes().mode() & 07777));
    }
    return modes;
  }

  @Test
  void addedFilesGetFixedModesAndLeaveTheFoldersOfTheImageAsTheyAre() throws IOException {
    add(
        Map.of(
            "/srv/real/run", onDisk("run", "rwx------"),
            "/srv/real/deep/er/text", onDisk("text", "rw-rw-rw-"),
            "/etc/passwd", onDisk("passwd", "rw-r--r--")),
        "/srv/real");
    assertEquals(
        Map.of(
            "/etc", "755",
            "/etc/passwd", "644",
            "/srv", "700",
            "/srv/alias", "777",
            "/srv/nowhere", "777",
            "/srv/real", "750",
            "/srv/real/run", "755",
            "/srv/real/deep", "755",
            "/srv/real/deep/er", "755",
            "/srv/real/deep/er/text", "644"),
        modes());
    var tree = tree();
    var text = tree.find("/etc/passwd").orElseThrow().file();
    var contents = TreeContents.read(image, image.parts().manifest().layers(), List.of(text), 1000);
    assertEquals("passwd", new String(contents.get(text), UTF_8));
  }

  @Test
  void linksOfTheImageInTheWayToAFileAreFollowed() throws IOException {
    add(Map.of("/srv/alias/run", onDisk("run", "rwx------")), "/srv/alias");
    assertTrue(tree().findLink("/srv/real/run").isPresent());
    assertEquals("777", modes().get("/srv/alias"), "the link is still there");
  }

  @Test
  void whatCannotBeAFolderOrAFileIsRefusedByItsPath() throws IOException {
    var file = onDisk("run", "rwx------");
    var layers = image.parts().manifest().layers();
    for (var path : List.of("/etc/passwd/run", "/srv/nowhere/run", "/srv/real")) {
      var refused = assertThrows(ImageException.class, () -> add(Map.of(path, file), "/srv"), path);
      var named = path.endsWith("/run") ? path.substring(0, path.length() - 4) : path;
      var message = String.valueOf(refused.getMessage());
      assertTrue(message.startsWith(named + " is "), message);
    }
    assertThrows(ImageException.class, () -> add(Map.of("/srv/x", file, "/srv/x/y", file), "/srv"));
    assertEquals(layers, image.parts().manifest().layers());
  }

  @Test
  void whatIsBelowAFileCanBeRemoved() throws IOException {
    image.add(
        AddedFiles.without(
            tree(),
            List.of(
                Path.of("/etc/passwd"),
                Path.of("/srv/nowhere"),
                Path.of("/srv/real"),
                Path.of("/absent"))));
    assertEquals(Set.of("/etc", "/srv", "/srv/alias", "/srv/real"), modes().keySet());
  }

  @Test
  void aLayerCanBeTakenOutFromUnderAnother() throws IOException {
    var before = tree().files().size();
    var layer = image.add(List.of(file("/etc/hosts", "x", 0644))).orElseThrow();
    image.add(List.of(file("/etc/above", "x", 0644)));
    image.remove(layer);
    assertEquals(before + 1, tree().files().size());
    assertTrue(tree().find("/etc/above").isPresent());
    assertTrue(tree().find("/etc/hosts").isEmpty());
    assertThrows(IllegalArgumentException.class, () -> image.remove(layer));
  }

  @Test
  void aFolderIsCreatedEvenIfNothingIsCopied() throws IOException {
    add(Map.of(), "/new/folder");
    assertEquals("755", modes().get("/new/folder"));
    var layers = image.parts().manifest().layers().size();
    add(Map.of(), "/new/folder");
    assertEquals(layers, image.parts().manifest().layers().size(), "nothing is to be added");
  }
}
