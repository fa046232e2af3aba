package dev.testudo.image.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.Tools;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarTest {
  private static final String LONG = "d".repeat(90) + "/" + "f".repeat(200);

  @TempDir Path directory;

  private static List<TarEntry> read(byte[] archive) throws IOException {
    var reader = new TarReader(new ByteArrayInputStream(archive));
    var entries = new ArrayList<TarEntry>();
    for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      entries.add(entry.get());
    }
    return entries;
  }

  private static byte[] written(List<TarEntry> entries) throws IOException {
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(out);
    for (var entry : entries) {
      writer.put(entry);
      if (entry.kind() instanceof TarKind.File(var size)) {
        writer.write(new byte[(int) size], 0, (int) size);
      }
    }
    writer.finish();
    return out.toByteArray();
  }

  private static List<TarEntry> everything() {
    var plain = FileAttributes.of(0644);
    var rich =
        new FileAttributes(
            04755,
            new Owner(3_000_000, Owner.MAX_ID, "gößer", "g".repeat(40)),
            1_700_000_000,
            Map.of("security.capability", "0100000200ff0000", "user.ä", "", "user.x", "0a3d20"));
    return List.of(
        new TarEntry("d", new TarKind.Directory(), FileAttributes.of(01777)),
        new TarEntry("d/file", new TarKind.File(513), rich),
        new TarEntry(LONG, new TarKind.File(1), plain),
        new TarEntry("größe", new TarKind.File(0), plain),
        new TarEntry("raw\udcff\udcfe", new TarKind.SymbolicLink("x\udc80"), plain),
        new TarEntry("link", new TarKind.SymbolicLink("/" + LONG), plain),
        new TarEntry("hard", new TarKind.HardLink("d/file"), rich),
        new TarEntry("null", new TarKind.Device(false, 1, 3), plain),
        new TarEntry("disk", new TarKind.Device(true, 8, 1000), plain),
        new TarEntry("pipe", new TarKind.Fifo(), plain));
  }

  @Test
  void everythingThatIsWrittenIsRead() throws Exception {
    assertEquals(everything(), read(written(everything())));
  }

  @Test
  void gnuTarReadsWhatIsWritten() throws Exception {
    Files.write(directory.resolve("a.tar"), written(everything()));
    var list = Tools.shell(directory, "LC_ALL=C.UTF-8 tar --numeric-owner -tvf a.tar");
    assertTrue(list.contains("-rwsr-xr-x 3000000/4294967294"), list);
    assertTrue(list.contains(LONG), list);
    assertTrue(list.contains("link to d/file"), list);
    assertTrue(list.contains("größe"), list);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v7", "oldgnu", "gnu", "ustar", "posix"})
  void everyFormatOfGnuTarIsRead(String format) throws Exception {
    Tools.shell(
        directory,
        "mkdir -p t/sub; printf content > t/sub/file; chmod 4750 t/sub/file; ln -s sub/file t/link;"
            + " ln t/sub/file t/zhard; tar --format="
            + format
            + " --sort=name --numeric-owner --owner=5 --group=6 --mtime=@77 -cf a.tar -C t .");
    var entries = read(Files.readAllBytes(directory.resolve("a.tar")));
    assertEquals(
        List.of(".", "./link", "./sub", "./sub/file", "./zhard"),
        entries.stream().map(TarEntry::name).toList());
    var file = entries.get(3);
    assertEquals(new TarKind.File(7), file.kind());
    assertEquals(04750, file.attributes().mode());
    assertEquals(5, file.attributes().owner().uid());
    assertEquals(6, file.attributes().owner().gid());
    assertEquals(77, file.attributes().mtime());
    assertEquals(new TarKind.SymbolicLink("sub/file"), entries.get(1).kind());
    assertEquals(new TarKind.HardLink("./sub/file"), entries.get(4).kind());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "posix"})
  void longNamesAreRead(String format) throws Exception {
    Tools.shell(
        directory,
        "mkdir -p t/%1$s; ln -s /%2$s t/a; touch t/%2$s; tar --format=%3$s -cf a.tar -C t a %2$s"
            .formatted("d".repeat(90), LONG, format));
    var entries = read(Files.readAllBytes(directory.resolve("a.tar")));
    assertEquals(new TarKind.SymbolicLink("/" + LONG), entries.get(0).kind());
    assertEquals(LONG, entries.get(1).name());
  }

  @Test
  void largeNumbersInBinaryAreRead() throws Exception {
    Tools.shell(
        directory,
        "touch f; tar --format=gnu --numeric-owner --owner=4000000000 --group=4000000001 --mtime=@-5 -cf a.tar f");
    var attributes = read(Files.readAllBytes(directory.resolve("a.tar"))).getFirst().attributes();
    assertEquals(4_000_000_000L, attributes.owner().uid());
    assertEquals(4_000_000_001L, attributes.owner().gid());
    assertEquals(-5, attributes.mtime());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "posix"})
  void sparseFilesAreRefused(String format) throws Exception {
    Tools.shell(directory, "truncate -s 1M f; tar --format=" + format + " -S -cf a.tar f");
    var archive = Files.readAllBytes(directory.resolve("a.tar"));
    var refusal = assertThrows(TarException.class, () -> read(archive));
    assertEquals(TarException.Reason.UNSUPPORTED, refusal.reason());
  }

  @Test
  void aTruncatedOrDamagedArchiveIsRefused() throws Exception {
    var archive = written(everything());
    for (var end : new int[] {1, 511, 513, 700, 1500, 2500}) {
      assertThrows(TarException.class, () -> read(Arrays.copyOf(archive, end)), "" + end);
    }
    var changed = archive.clone();
    changed[3] ^= 1;
    assertThrows(TarException.class, () -> read(changed));
    var longer = Arrays.copyOf(archive, archive.length + 512);
    longer[archive.length] = 1;
    assertThrows(TarException.class, () -> read(longer));
  }

  @Test
  void anArchiveMayEndAfterItsLastFile() throws Exception {
    var file = new TarEntry("f", new TarKind.File(3), FileAttributes.of(0644));
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(out);
    writer.put(file);
    writer.write("abc".getBytes(UTF_8), 0, 3);
    writer.finish();
    var whole = out.toByteArray();
    for (var end : new int[] {512 + 3, 512 + 4, 1023, 1024}) {
      assertEquals(read(whole), read(Arrays.copyOf(whole, end)), "" + end);
    }
    for (var end : new int[] {512, 512 + 2, 1025}) {
      assertThrows(TarException.class, () -> read(Arrays.copyOf(whole, end)), "" + end);
    }
  }

  @Test
  void anEntryWithTwoNamesIsRefused() throws Exception {
    var gnu = written(List.of(new TarEntry("x", new TarKind.File(0), FileAttributes.of(0))));
    var out = new ByteArrayOutputStream();
    out.writeBytes(special('L', "one\0".getBytes(UTF_8)));
    out.writeBytes(special('x', "12 path=two\n".getBytes(UTF_8)));
    out.writeBytes(gnu);
    var refusal = assertThrows(TarException.class, () -> read(out.toByteArray()));
    assertEquals(TarException.Reason.MALFORMED, refusal.reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 \n",
        "5 a=b\n",
        "999999 a=b\n",
        "99999999999 a=b\n",
        "6 ab\n",
        "x a=b\n",
        "6 a=bX",
        "7 =b\n",
        "20 path=a\0b12345678\n",
        "15 size=-10000\n",
        "12 size=abc\n",
        "13 uid=-1000\n"
      })
  void aBrokenExtendedHeaderIsRefused(String records) throws Exception {
    var out = new ByteArrayOutputStream();
    out.writeBytes(special('x', records.getBytes(UTF_8)));
    out.writeBytes(written(List.of(new TarEntry("x", new TarKind.File(0), FileAttributes.of(0)))));
    assertThrows(TarException.class, () -> read(out.toByteArray()));
  }

  @Test
  void aHugeExtendedHeaderIsRefusedUnread() throws Exception {
    var header = special('x', new byte[0]);
    var huge = withSize(header, 8L << 30);
    var refusal = assertThrows(TarException.class, () -> read(huge));
    assertEquals(TarException.Reason.TOO_LARGE, refusal.reason());
  }

  @Test
  void anyBytesOfANameSurvive() {
    var bytes = new byte[255];
    for (var i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    assertArrayEquals(bytes, RawText.encode(RawText.decode(bytes)));
    var surrogate = new byte[] {(byte) 0xed, (byte) 0xb2, (byte) 0x80};
    assertArrayEquals(surrogate, RawText.encode(RawText.decode(surrogate)));
    assertEquals("größe 😀", RawText.decode(RawText.encode("größe 😀")));
  }

  private static byte[] special(char type, byte[] content) throws IOException {
    var archive =
        written(List.of(new TarEntry("s", new TarKind.File(content.length), FileAttributes.of(0))));
    var entry = Arrays.copyOf(archive, archive.length - 1024);
    System.arraycopy(content, 0, entry, 512, content.length);
    entry[156] = (byte) type;
    return summed(entry);
  }

  private static byte[] withSize(byte[] entry, long size) {
    var digits = "%011o".formatted(size).getBytes(UTF_8);
    System.arraycopy(digits, 0, entry, 124, digits.length);
    return summed(entry);
  }

  private static byte[] summed(byte[] entry) {
    Arrays.fill(entry, 148, 156, (byte) ' ');
    var sum = 0;
    for (var i = 0; i < 512; i++) {
      sum += entry[i] & 0xff;
    }
    var digits = "%06o\0 ".formatted(sum).getBytes(UTF_8);
    System.arraycopy(digits, 0, entry, 148, digits.length);
    return entry;
  }
}
