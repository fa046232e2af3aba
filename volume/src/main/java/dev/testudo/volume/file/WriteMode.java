package dev.testudo.volume.file;

import java.io.IOException;

/// What a write changes besides the content.
///
/// @param keepsTimes the kernel wrote earlier to its cache, and sets the times itself
/// @param dropsPrivileges the writer is not privileged, so set-id bits and capabilities are cleared
public record WriteMode(boolean keepsTimes, boolean dropsPrivileges) {
  /// A write by a privileged program.
  public static final WriteMode PLAIN = new WriteMode(false, false);

  /// Returns an inode after a write that ends at `end`.
  Inode after(Edit edit, long number, long end) throws IOException {
    var inode = edit.inode(number);
    var written = inode.withSize(Math.max(inode.size(), end));
    var timed = keepsTimes ? written : written.modifiedAt(edit.now());
    return dropsPrivileges ? ExtendedAttributes.dropPrivileges(edit, number, timed) : timed;
  }
}
