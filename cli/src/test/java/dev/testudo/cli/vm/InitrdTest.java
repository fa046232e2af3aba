package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.cpio.CpioKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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

  @Test
  void eachArchiveIsUnpackedInTurn() throws Exception {
    var found = new ArrayList<>(InitrdReader.read(Initrd.write(large())));
    found.sort(CpioEntry.BY_PATH);
    var expected = new ArrayList<>(large());
    expected.sort(CpioEntry.BY_PATH);
    assertEquals(expected, found);
  }

  @Test
  void aDamagedInitrdIsRefusedOrReadAndNothingElse() throws Exception {
    var small = List.of(file("a", new byte[100]), file("b", "content".getBytes(UTF_8)));
    var bytes = Initrd.write(small).toBytes();
    var random = new Random(5);
    for (var i = 0; i < 5_000; i++) {
      var changed = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      if (changed.length > 0) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      try {
        InitrdReader.read(Octets.of(changed));
      } catch (VmException e) {
        assertNotEquals(VmException.Reason.LACKING, e.reason());
      }
    }
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
