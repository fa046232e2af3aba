package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.cpio.CpioKind;
import dev.testudo.vm.cpio.CpioReader;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// An initrd of several archives.
class InitrdTest {
  private static CpioEntry entry(String path, CpioKind kind) {
    return new CpioEntry(path, kind, 0755, 0, 0, 0);
  }

  private static CpioEntry file(String path, byte[] content) {
    return entry(path, new CpioKind.File(Octets.of(content)));
  }

  private static List<CpioEntry> large() {
    var entries = new ArrayList<CpioEntry>();
    entries.add(entry("lib", new CpioKind.Directory()));
    entries.add(entry("lib/java", new CpioKind.Directory()));
    for (var i = 0; i < 5; i++) {
      var content = new byte[9 << 20];
      new Random(i).nextBytes(content);
      entries.add(file("lib/java/" + i, content));
    }
    entries.add(entry("lib/link", new CpioKind.SymbolicLink("java")));
    return entries;
  }

  @Test
  void theOrderOfTheFilesDoesNotCount() throws Exception {
    var entries = large();
    var written = Initrd.write(entries);
    Collections.shuffle(entries, new Random(3));
    assertEquals(written, Initrd.write(entries));
  }

  /// The kernel skips zeros between archives.
  @Test
  void eachArchiveIsUnpackedInTurn() throws Exception {
    var bytes = Initrd.write(large()).toBytes();
    var in = new ByteArrayInputStream(bytes);
    var found = new ArrayList<CpioEntry>();
    var archives = 0;
    while (in.available() > 0) {
      var start = bytes.length - in.available();
      if (bytes[start] == 0) {
        in.skipNBytes(1);
        continue;
      }
      assertEquals(0, start % 4, "the place of an archive");
      var end = endOfMember(bytes, start);
      var part = new ByteArrayInputStream(bytes, start, end - start);
      found.addAll(CpioReader.read(Octets.of(new GZIPInputStream(part).readAllBytes())));
      in.skipNBytes(end - start);
      archives++;
    }
    assertTrue(archives > 1, archives + " archives");
    found.sort(CpioEntry.BY_PATH);
    var expected = new ArrayList<>(large());
    expected.sort(CpioEntry.BY_PATH);
    assertEquals(expected, found);
  }

  /// Returns where a member of gzip ends, of which the header has ten bytes and the trailer eight.
  private static int endOfMember(byte[] bytes, int start) throws Exception {
    var inflater = new java.util.zip.Inflater(true);
    inflater.setInput(bytes, start + 10, bytes.length - start - 10);
    var buffer = new byte[1 << 16];
    while (!inflater.finished()) {
      inflater.inflate(buffer);
    }
    var end = start + 10 + (int) inflater.getBytesRead() + 8;
    inflater.end();
    return end;
  }

  @Test
  void aFileWithoutItsDirectoryIsRefused() {
    var entries = List.of(file("lib/a", "a".getBytes(UTF_8)));
    assertThrows(VmException.class, () -> Initrd.write(entries));
  }

  @Test
  void theSameFilesGiveTheSameBytes() throws Exception {
    assertArrayEquals(Initrd.write(large()).toBytes(), Initrd.write(large()).toBytes());
  }
}
