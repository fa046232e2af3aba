package dev.testudo.vm.measure.tpm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.vm.VmException;
import dev.testudo.vm.pe.PeFile;
import java.util.regex.Pattern;

/// The version of systemd that an image's stub is of. The stub says it in the section `.sdmagic`:
/// `#### LoaderInfo: systemd-stub 252.39-1~deb12u1 ####`.
record StubVersion(int major) {
  private static final Pattern INFO =
      Pattern.compile("#### LoaderInfo: systemd-stub (\\d{1,4})[^ ]* ####\0?");
  private static final int MOST_BYTES = 256;

  static StubVersion of(PeFile image) throws VmException {
    var section = image.section(".sdmagic");
    if (section.isPresent() && section.get().contentBytes() <= MOST_BYTES) {
      var text = new String(image.content(section.get()).toBytes(), ISO_8859_1);
      var matcher = INFO.matcher(text);
      if (matcher.matches()) {
        return new StubVersion(Integer.parseInt(matcher.group(1)));
      }
    }
    throw VmException.unsupported(
        "the image does not say which version of systemd's stub it has, and each measures by rules"
            + " of its own");
  }
}
