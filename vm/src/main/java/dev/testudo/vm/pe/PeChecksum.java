package dev.testudo.vm.pe;

/// The checksum of a PE file: the sum of its 16-bit words without the checksum itself, carries
/// added again, plus the length of the file. The PE format specification calls it the algorithm of
/// IMAGHELP.DLL; nothing measures or verifies it, but every tool writes it.
final class PeChecksum {
  private PeChecksum() {}

  /// Returns the checksum of a file in which it is zero.
  static int of(byte[] file, int position) {
    var sum = 0L;
    for (var at = 0; at < file.length; at += 2) {
      if (at < position || at >= position + 4) {
        var high = at + 1 < file.length ? file[at + 1] & 0xff : 0;
        sum += high << 8 | (file[at] & 0xff);
      }
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) sum + file.length;
  }
}
