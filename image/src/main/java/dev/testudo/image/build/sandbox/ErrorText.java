package dev.testudo.image.build.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/// The beginning of what a tool writes to its standard error, on one line.
final class ErrorText {
  private static final int MOST = 2000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Thread reader;

  /// Reads `in` to its end, on a thread of its own.
  ErrorText(InputStream in) {
    reader = Thread.ofPlatform().daemon().name("build-tool-errors").start(() -> read(in));
  }

  private void read(InputStream in) {
    var buffer = new byte[4096];
    try (in) {
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (bytes) {
          bytes.write(buffer, 0, Math.min(n, MOST - bytes.size()));
        }
      }
    } catch (IOException e) {
      // What was read before is all there is.
    }
  }

  /// Returns the text, after the tool has ended.
  String text() {
    try {
      reader.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (bytes) {
      return bytes.toString(UTF_8).strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
    }
  }
}
