package dev.testudo.cli;

import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.store.VolumePosition;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/// A volume as an entry of `volumes:` of a session.
///
/// @param keyFile the file with the key, if there is one
/// @param shownKey the digits of the key, if no file has them
record VolumeSessionEntry(
    String name,
    Optional<Path> keyFile,
    Optional<String> shownKey,
    VolumePosition position,
    Suite suite) {

  JsonBuilder json() {
    return new JsonBuilder()
        .put("name", name)
        .put("fspf_key", shownKey)
        .put("fspf_tag", position.tag().hex())
        .put("sequence", position.sequence());
  }

  void print(PrintStream out) {
    var key =
        shownKey.orElseGet(
            () -> "# the digits in " + keyFile.map(Path::toString).map(Printable::of).orElse(""));
    out.println("volumes:");
    out.println("  - name: " + Printable.of(name));
    out.println("    fspf_key: " + key);
    out.println("    fspf_tag: " + position.tag());
    switch (suite) {
      case AES_256_GCM -> {}
      case AES_256_GCM_AND_HASHES -> out.println("    integrity: hash");
      case HASHES -> out.println("    files: authenticated-only");
    }
  }
}
