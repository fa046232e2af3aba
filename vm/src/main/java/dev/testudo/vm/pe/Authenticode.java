package dev.testudo.vm.pe;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.MeasurementHash;
import dev.testudo.vm.VmException;

/// The digest of a PE file that signatures of Secure Boot sign and firmware measures when it loads
/// a program. It leaves out the checksum and the signatures.
///
/// Two rules exist for a file whose length is no multiple of 8: Microsoft's "Windows Authenticode
/// Portable Executable Signature Format" lets signers add zeros, and edk2
/// (`SecurityPkg/Library/DxeTpm2MeasureBootLib`) hashes the file as it is. This is edk2's rule,
/// because edk2 is what measures. What [UkiWriter] writes has the same digest by both.
public final class Authenticode {
  private Authenticode() {}

  /// Returns the digest.
  ///
  /// @throws VmException if the table of certificates is not at the end of the file
  public static Octets digest(PeFile file, MeasurementHash hash) throws VmException {
    var digest = hash.newDigest();
    var bytes = file.bytes();
    var layout = file.layout();
    var at = layout.checksum();
    digest.update(bytes.slice(0, at).buffer());
    at += 4;
    if (layout.certificates().isPresent()) {
      var entry = layout.certificates().getAsInt();
      digest.update(bytes.slice(at, entry - at).buffer());
      at = entry + 8;
    }
    digest.update(bytes.slice(at, (int) layout.headerBytes() - at).buffer());
    var hashed = layout.headerBytes();
    for (var section : PeFile.ordered(file.sections())) {
      digest.update(bytes.slice((int) section.offset(), (int) section.fileBytes()).buffer());
      hashed += section.fileBytes();
    }
    var end = bytes.length() - certificateBytes(file);
    if (hashed < end) {
      digest.update(bytes.slice((int) hashed, (int) (end - hashed)).buffer());
    }
    return Octets.of(digest.digest());
  }

  private static long certificateBytes(PeFile file) throws VmException {
    if (file.layout().certificates().isEmpty()) {
      return 0;
    }
    var entry = file.layout().certificates().getAsInt();
    var place = file.bytes().u32(entry);
    var length = file.bytes().u32(entry + 4);
    if (length != 0 && place + length != file.bytes().length()) {
      throw VmException.malformed(
          "a PE file is malformed: its table of certificates does not end with the file");
    }
    return length;
  }
}
