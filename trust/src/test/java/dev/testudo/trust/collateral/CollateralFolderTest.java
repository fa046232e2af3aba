package dev.testudo.trust.collateral;

import static dev.testudo.trust.collateral.TestDocuments.NOW;
import static dev.testudo.trust.collateral.TestDocuments.genuine;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.files.OwnedException;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollateralFolderTest {
  private static final String TCB = "sgx-tcb-info-00906ed50000";
  private static final String IDENTITY = "sgx-qe-identity";

  @TempDir private Path work;

  private Path directory;
  private CollateralFolder folder;

  @BeforeEach
  void folder() throws IOException {
    directory = work.resolve("collateral");
    folder = CollateralFolder.open(directory);
  }

  private static StoredDocument stored(String name, int evaluation) {
    return new StoredDocument(genuine(name, evaluation, 1), NOW);
  }

  private static void put(CollateralFolder folder, StoredDocument document) throws IOException {
    try (var change = folder.change()) {
      change.put(document);
    }
  }

  private List<String> names() throws IOException {
    return folder.content().documents().stream().map(one -> one.id().toString()).toList();
  }

  private Path file(String name) {
    return directory.resolve(name + ".json");
  }

  @Test
  void documentsAreReadAsTheyWereWritten() throws IOException {
    put(folder, stored(TCB, 17));
    put(folder, stored(IDENTITY, 18));
    var content = CollateralFolder.read(directory).content();
    assertEquals(List.of(stored(IDENTITY, 18), stored(TCB, 17)), content.documents());
    assertEquals(List.of(), content.problems());
  }

  @Test
  void theFormatIsTheDocumentedOne() throws IOException {
    put(folder, stored(TCB, 17));
    assertEquals(
        "{\"document\":\"sgx-tcb-info-00906ed50000\",\"received\":\"2025-06-10T00:00:00Z\","
            + "\"issuer_chain\":\"chain\\n\",\"body\":\"Z2VudWluZSAxNyAyMDI1LTA2LTAxVDAwOjAwOjAwWi"
            + "AyMDI1LTA3LTEwVDAwOjAwOjAwWg==\"}",
        Files.readString(file(TCB)));
  }

  @Test
  void garbageIsToldAndDoesNotHideTheRest() throws IOException {
    put(folder, stored(TCB, 17));
    Files.writeString(file("garbage"), "{");
    Files.copy(file(TCB), file(IDENTITY));
    Files.createSymbolicLink(file("link"), file(TCB));
    Files.createDirectory(file("folder"));
    Files.writeString(directory.resolve("README"), "mine");
    var content = folder.content();
    assertEquals(List.of(stored(TCB, 17)), content.documents());
    assertEquals(
        List.of(
            file("folder") + " is a directory, not a file; remove it",
            file("garbage")
                + " is no document: not JSON, or beyond a limit, at character 1; remove it",
            file("link") + " is a symbolic link, not a file; remove it",
            file(IDENTITY) + " is no document: it is about `%s`; remove it".formatted(TCB)),
        content.problems());
  }

  @Test
  void aFileThatIsTooLongIsNotReadCompletely() throws IOException {
    try (var file =
        FileChannel.open(file(TCB), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[1]), 1L << 40);
    }
    var thrown = assertThrows(CollateralException.class, () -> folder.find(stored(TCB, 0).id()));
    assertEquals(Fault.MALFORMED, thrown.fault());
    assertEquals(Optional.empty(), folder.collateral().find(stored(TCB, 0).id()));
  }

  @Test
  void aLinkInPlaceOfADocumentIsReplacedAndItsTargetLeftAlone() throws IOException {
    var target = Files.writeString(work.resolve("target"), "precious");
    Files.createSymbolicLink(file(TCB), target);
    put(folder, stored(TCB, 17));
    assertEquals("precious", Files.readString(target));
    assertEquals(List.of(TCB), names());
  }

  @Test
  void whatAKilledProcessLeftIsRemovedAndTheDocumentIsTheOldOne() throws IOException {
    put(folder, stored(TCB, 17));
    var unfinished = directory.resolve("." + TCB + ".json.new");
    Files.writeString(unfinished, "{\"document\":\"sgx-tcb-in");
    assertEquals(List.of(stored(TCB, 17)), folder.content().documents());
    put(folder, stored(TCB, 18));
    assertTrue(Files.notExists(unfinished));
    assertEquals(List.of(stored(TCB, 18)), folder.content().documents());
  }

  @Test
  void aFullFolderRefusesAndForgetsNothing() throws IOException {
    var small = CollateralFolder.open(directory, new FolderLimits(1, 1 << 20));
    put(small, stored(TCB, 17));
    put(small, stored(TCB, 18));
    var thrown = assertThrows(CollateralException.class, () -> put(small, stored(IDENTITY, 1)));
    assertEquals(Fault.FULL, thrown.fault());
    assertEquals(List.of(stored(TCB, 18)), small.content().documents());
    var tight = CollateralFolder.open(directory, new FolderLimits(9, Files.size(file(TCB))));
    thrown = assertThrows(CollateralException.class, () -> put(tight, stored(IDENTITY, 1)));
    assertEquals(Fault.FULL, thrown.fault());
    put(tight, stored(TCB, 19));
  }

  @Test
  void aNameThatLeavesTheFolderIsRefused() {
    var id = new DocumentId.Vcek("../../x", "00", new SnpTcb(Optional.empty(), 0, 0, 0, 0));
    var none = Octets.of(new byte[0]);
    var thrown =
        assertThrows(
            CollateralException.class,
            () -> put(folder, new StoredDocument(new Document(id, none, none), NOW)));
    assertEquals(Fault.MALFORMED, thrown.fault());
  }

  @Test
  void aFolderThatOthersCanChangeIsRefused() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    var thrown = assertThrows(OwnedException.class, () -> CollateralFolder.open(directory));
    assertEquals(OwnedException.Reason.CHANGEABLE_BY_OTHERS, thrown.reason());
  }

  /// Half of the writers are of another process, as far as locks go: each opens the folder anew.
  @Test
  void writersAndReadersDoNotDisturbEachOther() throws Exception {
    try (var pool = Executors.newFixedThreadPool(4)) {
      var tasks = new ArrayList<Callable<Integer>>();
      for (var writer = 0; writer < 3; writer++) {
        var mine = CollateralFolder.open(directory);
        tasks.add(() -> count(mine, 10));
      }
      tasks.add(
          () -> {
            for (var i = 0; i < 50; i++) {
              assertEquals(List.of(), CollateralFolder.read(directory).content().problems());
            }
            return 0;
          });
      for (var done : pool.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
        done.get();
      }
    }
    assertEquals(List.of(stored(TCB, 30)), folder.content().documents());
  }

  /// Raises the number of the document, again and again.
  private static int count(CollateralFolder folder, int times) throws IOException {
    for (var i = 0; i < times; i++) {
      try (var change = folder.change()) {
        var before = change.find(stored(TCB, 0).id());
        change.put(stored(TCB, before.isEmpty() ? 1 : number(before.get()) + 1));
      }
    }
    return times;
  }

  private static int number(StoredDocument stored) {
    var body = new String(stored.document().body().toBytes(), UTF_8);
    return Integer.parseInt(body.split(" ", -1)[1]);
  }

  /// What another process does to the folder named by its first argument.
  static final class OtherProcess {
    public static void main(String[] args) throws IOException {
      count(CollateralFolder.open(Path.of(args[0])), 20);
    }
  }

  @Test
  void twoProcessesChangeItInTurn() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var other =
        new ProcessBuilder(
                java,
                "-cp",
                String.join(
                    File.pathSeparator,
                    System.getProperty("java.class.path"),
                    System.getProperty("jdk.module.path", "."),
                    "target/test-classes"),
                OtherProcess.class.getName(),
                directory.toString())
            .inheritIO()
            .start();
    count(folder, 20);
    assertTrue(other.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, other.exitValue());
    assertEquals(List.of(stored(TCB, 40)), folder.content().documents());
  }

  @Test
  void theCacheSeesWhatHasChanged() throws IOException {
    put(folder, stored(TCB, 17));
    var cache = new CollateralCache(folder);
    assertEquals(List.of(), cache.reload());
    var before = cache.current();
    put(folder, stored(TCB, 18));
    Files.writeString(file("garbage"), "{");
    assertEquals(1, cache.reload().size());
    assertEquals(List.of(), cache.reload());
    assertEquals(Optional.of(genuine(TCB, 17, 1)), before.find(stored(TCB, 0).id()));
    assertEquals(Optional.of(genuine(TCB, 18, 1)), cache.current().find(stored(TCB, 0).id()));
    Files.delete(file(TCB));
    cache.reload();
    assertEquals(Optional.empty(), cache.current().find(stored(TCB, 0).id()));
  }

  @Test
  void aBundleIsReadAsItWasWrittenAndDependsOnTheDocumentsOnly() throws IOException {
    var both = List.of(stored(IDENTITY, 18), stored(TCB, 17));
    var bundle = CollateralBundle.encode(both);
    assertEquals(
        new String(bundle, UTF_8), new String(CollateralBundle.encode(both.reversed()), UTF_8));
    assertEquals(both, CollateralBundle.decode(JsonMembers.read(bundle, 1 << 20, "bundle")));
    var later = new String(bundle, UTF_8).replaceFirst(":1,", ":2,").getBytes(UTF_8);
    var thrown =
        assertThrows(
            CollateralException.class,
            () -> CollateralBundle.decode(JsonMembers.of(Json.read(later, 1 << 20), "bundle")));
    assertEquals(Fault.MALFORMED, thrown.fault());
  }
}
