package dev.testudo.image.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerEntry;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.tar.FileAttributes;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountFoldersTest {
  private static List<String> missing(List<LayerEntry> entries, String... unmeasured)
      throws ImageException {
    return MountFolders.missingIn(ImageTree.of(List.of(), entries), List.of(unmeasured)).paths();
  }

  private static LayerEntry entry(String path, LayerNode node) {
    return new LayerEntry(path, node, FileAttributes.of(0755));
  }

  @Test
  void anImageFromScratchGetsTheFoldersAboveMounts() throws ImageException {
    assertEquals(
        List.of("/etc", "/var", "/var/lib"),
        missing(List.of(), "/dev", "/etc/hosts", "/etc/hostname", "/var/tmp", "/var/lib/data"));
  }

  @Test
  void foldersOfTheImageStayAsTheyAre() throws ImageException {
    var etc = entry("/etc", new LayerNode.Directory());
    assertEquals(List.of("/var"), missing(List.of(etc), "/etc/hosts", "/var/tmp"));
  }

  @Test
  void nothingIsAddedBelowWhatIsNotMeasured() throws ImageException {
    assertEquals(List.of(), missing(List.of(), "/run", "/run/one/two"));
  }

  @Test
  void nothingIsAddedBelowALink() throws ImageException {
    var link = entry("/var", new LayerNode.SymbolicLink("mnt/var"));
    assertEquals(List.of(), missing(List.of(link), "/var/tmp", "/var/lib/data"));
  }
}
