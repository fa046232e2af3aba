package dev.testudo.vm.measure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.pe.PeFile;
import dev.testudo.vm.pe.UkiSection;

/// What of a unified kernel image its stub and its kernel measure.
///
/// @param commandLine the command line, printable ASCII without a space at its end: of any other,
///     versions of the stub make different ones
public record UkiParts(Octets kernel, Octets initrd, String commandLine) {
  /// The most bytes of a command line, as in the kernel (`COMMAND_LINE_SIZE` on x86-64).
  public static final int MOST_COMMAND_LINE = 2048;

  /// Takes the parts of an image.
  ///
  /// @throws VmException if one is absent, or the command line is not as it must be
  public static UkiParts of(PeFile image) throws VmException {
    var text = required(image, UkiSection.CMDLINE);
    if (text.length() >= MOST_COMMAND_LINE) {
      throw VmException.tooLarge(
          "the command line of the image has %d bytes; %d are the most"
              .formatted(text.length(), MOST_COMMAND_LINE - 1));
    }
    var commandLine = new String(text.toBytes(), US_ASCII);
    if (commandLine.chars().anyMatch(c -> c < ' ' || c > '~')
        || !commandLine.equals(commandLine.strip())) {
      throw VmException.unsupported(
          "the command line of the image is not printable ASCII without spaces around it, so what"
              + " is measured of it depends on the version of the stub");
    }
    return new UkiParts(
        required(image, UkiSection.LINUX), required(image, UkiSection.INITRD), commandLine);
  }

  private static Octets required(PeFile image, UkiSection section) throws VmException {
    var found = image.section(section.text());
    if (found.isEmpty()) {
      throw VmException.lacking(
          "the image is no unified kernel image: it has no section %s".formatted(section.text()));
    }
    return image.content(found.get());
  }
}
