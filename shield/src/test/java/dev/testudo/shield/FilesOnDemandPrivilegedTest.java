package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real programs use files, folders and links that exist only in the shield, whose content is read
/// when a program opens them.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FilesOnDemandPrivilegedTest {
  @TempDir Path directory;
  private Path folder;
  private RealShield shield;
  private final AtomicInteger read = new AtomicInteger();

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(directory.toRealPath().resolve("folder"));
    shield = new RealShield(directory, Map.of("", "unprotected"));
  }

  private ShownFile file(String name, int mode, byte[] content) {
    return file(
        name,
        mode,
        content.length,
        () -> {
          read.incrementAndGet();
          return new ByteArrayInputStream(content);
        });
  }

  private ShownFile file(String name, int mode, long size, ShownContent.Source source) {
    var content = new ShownContent.OnDemand(size, source);
    return new ShownFile(folder.resolve(name).toString(), mode, Optional.empty(), content);
  }

  private ShownFile text(String name, int mode, String content) {
    return file(name, mode, content.getBytes(UTF_8));
  }

  private ShownLink link(String name, String target) {
    return new ShownLink(folder.resolve(name).toString(), target);
  }

  private ShownFolder folder(String name, int mode) {
    return new ShownFolder(folder.resolve(name).toString(), mode);
  }

  private byte[] library() throws IOException, InterruptedException {
    var source = Files.writeString(directory.resolve("answer.c"), "int answer(void){return 42;}");
    var library = directory.resolve("libanswer.so");
    var gcc =
        new ProcessBuilder("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString());
    assertEquals(0, gcc.inheritIO().start().waitFor());
    return Files.readAllBytes(library);
  }

  private List<Shown> application() throws IOException, InterruptedException {
    return List.of(
        folder("app", 0755),
        folder("app/private", 0700),
        folder("app/hollow", 0555),
        file("app/data.bin", 0440, "x".repeat(100_000).getBytes(UTF_8)),
        text("app/empty", 0444, ""),
        text("app/pkg/__init__.py", 0444, ""),
        text("app/pkg/deep/__init__.py", 0444, ""),
        text("app/pkg/deep/part.py", 0444, "VALUE = 42\n"),
        text("app/pkg/script.sh", 0555, "#!/bin/sh\necho script \"$@\"\n"),
        text("app/node/index.js", 0444, "module.exports = require('./part').value\n"),
        text("app/node/part/package.json", 0444, "{\"main\": \"main.js\"}\n"),
        text("app/node/part/main.js", 0444, "exports.value = 42\n"),
        file("app/libanswer.so", 0555, library()),
        link("app/link", "data.bin"),
        link("app/current", "pkg"),
        link("app/scripts", folder.resolve("app/pkg").toString()),
        link("app/outside", "/etc/hostname"),
        link("app/nowhere", "nothing"),
        link("app/loop", "loop"),
        file(
            "app/damaged",
            0444,
            10,
            () -> {
              throw new IOException("damaged");
            }));
  }

  @Test
  void pythonUsesFilesFoldersAndLinks() throws Exception {
    shield.shield.inject(application());
    try (var _ = shield) {
      assertEquals("ok\n", shield.python("on_demand.py", folder, "EROFS").succeeds());
    }
    assertFalse(Files.exists(folder.resolve("app")));
  }

  @Test
  void aFolderOfTheFileSystemHoldsThem() throws Exception {
    Files.createDirectory(folder.resolve("app"));
    Files.createDirectory(folder.resolve("app/pkg"));
    Files.createDirectory(folder.resolve("app/private"));
    Files.setPosixFilePermissions(
        folder.resolve("app/private"), PosixFilePermissions.fromString("rwx------"));
    shield.shield.inject(application());
    try (var _ = shield) {
      // The file system is writable.
      assertEquals("ok\n", shield.python("on_demand.py", folder, "done").succeeds());
    }
  }

  @Test
  void nodeRequiresThem() throws Exception {
    shield.shield.inject(application());
    try (var _ = shield) {
      var script = "console.log(require('" + folder.resolve("app/node") + "'))";
      var file = Files.writeString(directory.resolve("main.js"), script);
      assertEquals("42\n", shield.start(List.of("node", file.toString())).succeeds());
    }
  }

  @Test
  void tenThousandFilesAreOnlyReadWhenTheyAreOpened() throws Exception {
    var files = new ArrayList<Shown>();
    for (var i = 0; i < 10_000; i++) {
      files.add(text("many/d%d/f%d".formatted(i % 10, i), 0444, "content " + i + "\n"));
    }
    shield.shield.inject(files);
    var script =
        """
        import os, sys
        found = [os.path.join(a, n) for a, _, names in os.walk(sys.argv[1]) for n in names]
        assert len(found) == 10000, len(found)
        assert all(os.stat(f).st_size > 9 for f in found)
        assert open(sys.argv[1] + '/many/d7/f4567').read() == 'content 4567\\n'
        for i in range(0, 10000, 7):
            name = sys.argv[1] + '/many/d%d/f%d' % (i % 10, i)
            assert open(name).read() == 'content %d\\n' % i
        """;
    var file = Files.writeString(directory.resolve("many.py"), script);
    try (var _ = shield) {
      var program = shield.start(List.of("/usr/bin/python3", file.toString(), folder.toString()));
      program.succeeds();
      assertEquals(1 + 1429, read.get());
      try (var open = Files.list(Path.of("/proc/self/fd"))) {
        assertTrue(open.count() < 900, "descriptors are dropped");
      }
    }
  }

  @Test
  void aLargeFileIsReadInPieces() throws Exception {
    long size = 300L << 20;
    shield.shield.inject(
        List.of(
            file("large", 0444, size, () -> new Zeros(size)),
            file("short", 0444, 1000, () -> new Zeros(999)),
            file("long", 0444, 1000, () -> new Zeros(1001))));
    try (var _ = shield) {
      var script =
          """
          [ $(wc -c < "$0/large") = %d ] && [ $(wc -c < "$0/large") = %d ] && echo whole
          cat "$0/short" 2>/dev/null || echo short
          cat "$0/long" 2>/dev/null || echo long
          """
              .formatted(size, size);
      var said = shield.start(List.of("/bin/sh", "-c", script, folder.toString())).succeeds();
      assertEquals("whole\nshort\nlong\n", said);
    }
  }

  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long length) {
      left = length;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int count = (int) Math.min(left, length);
      Arrays.fill(into, offset, offset + count, (byte) 0);
      left -= count;
      return count;
    }
  }

  @Test
  void nothingMayLieBeneathALink() throws Exception {
    Files.createFile(folder.resolve("link"));
    shield.shield.inject(List.of(link("link", "x")));
    try (var _ = shield) {
      assertThrows(IOException.class, () -> shield.start(List.of("/bin/true")));
    }
  }
}
