package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarReader;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A package of Debian (deb(5)): an archive of ar(5), in whose member `data.tar` the files are.
final class DebianPackage {
  private static final String MAGIC = "!<arch>\n";
  private static final String END_OF_HEADER = "`\n";
  private static final int HEADER_BYTES = 60;
  private static final int NAME_BYTES = 16;
  private static final int SIZE_AT = 48;
  private static final int SIZE_BYTES = 10;
  private static final String DATA = "data.tar";

  /// The most bytes of the files that are taken out of a package.
  private static final int MOST_BYTES = 256 << 20;

  private DebianPackage() {}

  static boolean is(Octets file) {
    return file.length() >= MAGIC.length()
        && new String(file.slice(0, MAGIC.length()).toBytes(), US_ASCII).equals(MAGIC);
  }

  /// Returns the content of files by their path, which is absolute.
  ///
  /// @param wanted chooses by path
  /// @throws VmException if it is no package, or a limit is exceeded
  static Map<String, Octets> files(Octets file, Predicate<String> wanted) throws IOException {
    var bytes = HostileBytes.of("the package", file, PACKAGE_BYTES);
    for (long at = MAGIC.length(); at < bytes.length(); ) {
      var header = new String(bytes.slice(at, HEADER_BYTES, "a header").toBytes(), US_ASCII);
      var size = header.substring(SIZE_AT, SIZE_AT + SIZE_BYTES).strip();
      if (!header.endsWith(END_OF_HEADER) || !size.matches("[0-9]{1,10}")) {
        throw bytes.malformed("a member has no header of ar");
      }
      var length = Long.parseLong(size);
      var name = header.substring(0, NAME_BYTES).strip();
      if (name.startsWith(DATA)) {
        return files(bytes.slice(at + HEADER_BYTES, length, name), bytes, wanted);
      }
      at += HEADER_BYTES + length + length % 2;
    }
    throw bytes.malformed("it has no member " + DATA);
  }

  /// The most bytes of a package.
  static final int PACKAGE_BYTES = 256 << 20;

  private static Map<String, Octets> files(
      Octets data, HostileBytes whole, Predicate<String> wanted) throws IOException {
    var found = new TreeMap<String, Octets>();
    var rest = MOST_BYTES;
    try (var plain = Decompressed.of(new ByteArrayInputStream(data.toBytes()))) {
      var tar = new TarReader(plain);
      for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
        var path = path(entry.get());
        if (entry.get().kind() instanceof TarKind.File(var size) && wanted.test(path)) {
          if (size > rest) {
            throw whole.unsupported("its files have more than %d bytes".formatted(MOST_BYTES));
          }
          rest -= (int) size;
          found.put(path, Octets.of(tar.content(rest + (int) size)));
        }
      }
    }
    return found;
  }

  private static String path(TarEntry entry) {
    return entry.name().replaceFirst("^\\.?/?", "/");
  }
}
