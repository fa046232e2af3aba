package dev.testudo.image.layout;

import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes files into an archive. A failure leaves it broken, so nothing can follow one.
final class ArchiveWriter {
  private final OutputStream out;
  private final TarWriter tar;
  private boolean broken;

  ArchiveWriter(OutputStream out) {
    this.out = out;
    this.tar = new TarWriter(out);
  }

  /// Returns the directory of a file that is about to be written, and creates it.
  static Path directory(Path target) throws IOException {
    var directory = target.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException("%s is not a file".formatted(target));
    }
    return Files.createDirectories(directory);
  }

  void file(String name, byte[] content) throws IOException {
    file(name, content.length, new ByteArrayInputStream(content));
  }

  void file(String name, long size, InputStream content) throws IOException {
    if (broken) {
      throw new IOException("the archive is finished, or writing it has failed");
    }
    broken = true;
    tar.put(new TarEntry(name, new TarKind.File(size), FileAttributes.of(0644)));
    var buffer = new byte[1 << 16];
    for (var n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      tar.write(buffer, 0, n);
    }
    broken = false;
  }

  void finish() throws IOException {
    if (broken) {
      throw new IOException("the archive is finished, or writing it has failed");
    }
    broken = true;
    tar.finish();
    out.flush();
  }
}
