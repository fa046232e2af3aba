package dev.testudo.shield;

import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.io.InputStream;

/// The content of a [ShownFile].
public sealed interface ShownContent {
  /// Content that is in memory while the program runs.
  record Given(Secret bytes) implements ShownContent {}

  /// Content that is read when the program opens the file, as often as the shield has dropped it
  /// meanwhile. The program's other supervised calls wait until it is read.
  ///
  /// @param size the number of bytes
  record OnDemand(long size, Source source) implements ShownContent {}

  /// Where content comes from.
  interface Source {
    /// Opens the content at its beginning. Each call gives the same bytes. If this or the stream
    /// throws, the program's call fails with `EIO`, and sees none of the content.
    InputStream open() throws IOException;
  }
}
