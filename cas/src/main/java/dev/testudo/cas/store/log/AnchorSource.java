package dev.testudo.cas.store.log;

import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Path;

/// Where the anchor of a CAS is.
@FunctionalInterface
public interface AnchorSource {
  /// Opens the anchor.
  ///
  /// @param cas the CAS that it is for
  /// @param onlyToCheck true to compare a log with it and change nothing
  Anchor open(Identity cas, boolean onlyToCheck) throws IOException;

  /// Returns the source of an anchor in a file.
  static AnchorSource file(Path file) {
    return (cas, onlyToCheck) ->
        onlyToCheck
            ? FileAnchor.openToCheck(file, cas.keyHash().text())
            : FileAnchor.open(file, cas.keyHash().text());
  }
}
