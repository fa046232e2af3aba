package dev.testudo.image.build.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Reads the output of a command on a thread of its own, and hands it over line by line. A command
/// that writes faster than its lines are taken waits.
final class OutputLines {
  private static final int MAX_LINE = 4096;
  private static final int QUEUE = 1024;

  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(QUEUE);
  private final Thread reader;

  OutputLines(InputStream in) {
    reader = Thread.ofPlatform().daemon().name("build-output").start(() -> read(in));
  }

  private void read(InputStream in) {
    var line = new ByteArrayOutputStream();
    var buffer = new byte[1 << 14];
    try (in) {
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (var i = 0; i < n; i++) {
          if (buffer[i] == '\n' || buffer[i] == '\r') {
            end(line);
          } else if (line.size() < MAX_LINE) {
            line.write(buffer[i]);
          }
        }
      }
      end(line);
    } catch (IOException e) {
      // The command was ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(ByteArrayOutputStream line) throws InterruptedException {
    if (line.size() > 0) {
      lines.put(line.toString(UTF_8).replace('\t', ' ').replaceAll("[\\p{Cntrl}\\p{Cs}]", "?"));
      line.reset();
    }
  }

  /// Waits for the next line.
  ///
  /// @return empty if there is none in this time
  Optional<String> next(long millis) throws InterruptedException {
    return Optional.ofNullable(lines.poll(millis, TimeUnit.MILLISECONDS));
  }

  /// Returns whether all lines have been taken.
  boolean isEnded() {
    return !reader.isAlive() && lines.isEmpty();
  }

  /// Lets the reader end although nobody takes its lines.
  void stop() {
    reader.interrupt();
  }
}
