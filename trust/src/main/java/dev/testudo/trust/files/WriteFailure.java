package dev.testudo.trust.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/// Says where a file could not be written. The JDK's own messages about a full disk name no file.
public final class WriteFailure {
  private static final String FULL = "No space left on device";
  private static final String QUOTA = "Disk quota exceeded";

  private WriteFailure() {}

  /// Returns the failure with the place in its message, and what to do if the disk is full. What
  /// names a place already, and interruptions, stay as they are.
  ///
  /// @param place the file or directory
  public static IOException at(Path place, IOException cause) {
    var message = String.valueOf(cause.getMessage());
    if (cause instanceof ClosedByInterruptException || message.contains(place.toString())) {
      return cause;
    }
    return new IOException(
        "%s cannot be written: %s%s".formatted(place, message, isFull(cause) ? "; make room" : ""),
        cause);
  }

  /// Returns whether the disk, or the user's part of it, is full.
  public static boolean isFull(IOException cause) {
    var message = String.valueOf(cause.getMessage());
    return message.contains(FULL) || message.contains(QUOTA);
  }
}
