package dev.testudo.vm.cpio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpioTest {
  private static final CpioEntry DIRECTORY = entry("etc", new CpioKind.Directory());
  private static final CpioEntry FILE = entry("etc/os-release", file("ID=testudo\n"));
  private static final List<CpioEntry> TREE =
      List.of(
          entry("dev", new CpioKind.Directory()),
          new CpioEntry("dev/console", new CpioKind.CharacterDevice(5, 1), 0600, 0, 0, 0),
          DIRECTORY,
          FILE,
          new CpioEntry("init", file("#!/bin/sh\n"), 04755, 1000, 65534, 0xffffffffL),
          entry("lib", new CpioKind.SymbolicLink("usr/lib")),
          entry("Årsrapport", file("")));

  @Test
  void whatIsWrittenIsReadAgain() throws VmException {
    assertEquals(TREE, CpioReader.read(CpioWriter.write(TREE)));
    assertEquals(List.of(), CpioReader.read(CpioWriter.write(List.of())));
  }

  @Test
  void theSameEntriesGiveTheSameBytesInWhateverOrderTheyCome() throws VmException {
    var shuffled = new ArrayList<>(TREE);
    Collections.reverse(shuffled);
    assertEquals(CpioWriter.write(TREE), CpioWriter.write(shuffled));
  }

  @Test
  void anArchiveIsWrittenAsTheKernelDescribesIt() throws VmException {
    var archive = CpioWriter.write(List.of(entry("a", file("hello"))));
    assertEquals(512, archive.length());
    assertEquals(
        "070701" // magic
            + "00000001000081a40000000000000000" // inode, mode, user, group
            + "000000010000000000000005" // links, time, size
            + "00000000000000000000000000000000" // devices
            + "0000000200000000" // length of the name, checksum
            + "a\0hello\0\0\0"
            + "070701",
        new String(archive.slice(0, 126).toBytes(), ISO_8859_1));
  }

  @Test
  void anEntryWithoutItsDirectoryAndAnEntryTwiceAreNotWritten() {
    for (var wrong :
        List.of(
            List.of(FILE),
            List.of(entry("etc", new CpioKind.SymbolicLink("elsewhere")), FILE),
            List.of(FILE, DIRECTORY, FILE))) {
      var refused = assertThrows(VmException.class, () -> CpioWriter.write(wrong));
      assertEquals(Reason.MALFORMED, refused.reason());
    }
  }

  @Test
  void pathsThatAKernelWouldUnpackElsewhereAreNoPaths() {
    for (var path :
        List.of(
            "",
            "/etc",
            "etc/",
            "a//b",
            ".",
            "a/./b",
            "..",
            "a/../b",
            "a\0b",
            "TRAILER!!!",
            "x".repeat(4096))) {
      assertThrows(IllegalArgumentException.class, () -> entry(path, file("")), path);
    }
  }

  @Test
  void malformedArchivesAreRefused() throws VmException {
    var archive = text(CpioWriter.write(List.of(DIRECTORY, FILE)));
    for (var wrong :
        List.of(
            "",
            "070707" + archive.substring(6),
            archive.substring(0, 100),
            archive.substring(0, archive.indexOf("TRAILER!!!")),
            archive.replace("ID=testudo", "ID=t"),
            archive.replaceFirst("00000001", "0000000g"),
            archive.replace("etc/os-release", "../os-release!"),
            archive.replace("etc/os-release", "/tc/os-release"),
            archive.replace("etc/os-release\0", "etc/os-releases"),
            // The length of the first name.
            field(archive, 11, "00000000"),
            field(archive, 11, "ffffffff"),
            // The size of a directory.
            field(archive, 6, "00000004"),
            field(archive, 1, "000141ed"))) {
      assertEquals(Reason.MALFORMED, refusal(wrong), wrong);
    }
    assertEquals(Reason.MALFORMED, refusal(twice(archive)));
  }

  @Test
  void whatOthersWouldReadDifferentlyIsNotSupported() throws VmException {
    var archive = text(CpioWriter.write(List.of(entry("a", file("x")))));
    for (var wrong :
        List.of(
            archive.replaceFirst("070701", "070702"),
            archive + archive,
            // A hard link, a block device, a name that is not UTF-8.
            field(archive, 4, "00000002"),
            field(field(archive, 6, "00000000").replace("x\0\0\0", ""), 1, "000061a4"),
            archive.replaceFirst("a\0x", "\u00ff\0x"))) {
      assertEquals(Reason.UNSUPPORTED, refusal(wrong), wrong);
    }
  }

  private static String twice(String archive) {
    var first = archive.substring(0, archive.indexOf("070701", 6));
    return first + archive;
  }

  private static String field(String archive, int field, String value) {
    var at = 6 + 8 * field;
    return archive.substring(0, at) + value + archive.substring(at + 8);
  }

  private static Reason refusal(String archive) {
    var bytes = Octets.of(archive.getBytes(ISO_8859_1));
    return assertThrows(VmException.class, () -> CpioReader.read(bytes)).reason();
  }

  private static String text(Octets archive) {
    return new String(archive.toBytes(), ISO_8859_1);
  }

  private static CpioEntry entry(String path, CpioKind kind) {
    return new CpioEntry(path, kind, 0644, 0, 0, 0);
  }

  private static CpioKind file(String content) {
    return new CpioKind.File(Octets.of(content.getBytes(UTF_8)));
  }
}
