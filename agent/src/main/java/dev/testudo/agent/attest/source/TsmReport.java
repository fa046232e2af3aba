package dev.testudo.agent.attest.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.KernelAttributes;
import dev.testudo.trust.attest.evidence.Evidence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// A directory of `configfs-tsm`, which the kernel fills with attributes when it is created. Each
/// request has its own, so that requests do not disturb each other. It is removed at the end.
///
/// Source: the kernel's `Documentation/ABI/testing/configfs-tsm-report`.
final class TsmReport implements AutoCloseable {
  private static final String PREFIX = "testudo-";
  private static final int RANDOM_BYTES = 16;
  private static final Pattern OURS = Pattern.compile(PREFIX + "[0-9a-f]{32}");

  /// Longer than any request takes, so nobody uses a directory that is older.
  private static final Duration ABANDONED = Duration.ofMinutes(10);

  private static final int MOST_REMOVED = 1000;

  /// The most bytes of an attribute that is a word or a number.
  private static final int MOST_TEXT = 128;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;

  private TsmReport(Path directory) {
    this.directory = directory;
  }

  /// Creates a directory with a random name.
  ///
  /// @throws ErrnoException ENXIO if no driver provides reports
  static TsmReport create(Path reports) throws ErrnoException {
    var name = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(name);
    var directory = reports.resolve(PREFIX + HexFormat.of().formatHex(name));
    KernelAttributes.makeDirectory(directory);
    return new TsmReport(directory);
  }

  /// Removes directories that agents have left that were killed, because each takes memory of the
  /// kernel until the machine boots again. What cannot be removed stays.
  static void removeAbandoned(Path reports) {
    var limit = Instant.now().minus(ABANDONED);
    try (var all = Files.list(reports)) {
      all.filter(directory -> OURS.matcher(String.valueOf(directory.getFileName())).matches())
          .filter(directory -> isOlder(directory, limit))
          .limit(MOST_REMOVED)
          .forEach(TsmReport::removeQuietly);
    } catch (IOException | UncheckedIOException e) {
      // Requests do not depend on it.
    }
  }

  private static boolean isOlder(Path directory, Instant limit) {
    try {
      return Files.getLastModifiedTime(directory).toInstant().isBefore(limit);
    } catch (IOException e) {
      return false; // another agent was faster
    }
  }

  private static void removeQuietly(Path directory) {
    try {
      KernelAttributes.removeDirectory(directory);
    } catch (ErrnoException e) {
      // Another agent was faster.
    }
  }

  /// Returns the name of the driver that makes the reports.
  String provider() throws IOException {
    return text("provider");
  }

  /// Returns a number that every write of any attribute increases.
  long generation() throws IOException {
    return number("generation");
  }

  /// Returns a number of an attribute.
  long number(String attribute) throws IOException {
    var text = text(attribute);
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("%s is no number".formatted(directory.resolve(attribute)), e);
    }
  }

  private String text(String attribute) throws IOException {
    return new String(bytes(attribute, MOST_TEXT), US_ASCII).strip();
  }

  /// Sets an attribute.
  ///
  /// @throws BusySourceException if the kernel is busy
  void write(String attribute, byte[] value) throws IOException {
    try {
      KernelAttributes.write(directory.resolve(attribute), value);
    } catch (ErrnoException e) {
      throw explained(attribute, e);
    }
  }

  /// Reads what the provider delivers. Reading `outblob` makes the report.
  ///
  /// @throws BusySourceException if the kernel or the host is busy
  byte[] blob(String attribute) throws IOException {
    return bytes(attribute, Evidence.MOST_BYTES);
  }

  /// As [#blob], of an attribute that not all providers have.
  Optional<byte[]> optionalBlob(String attribute) throws IOException {
    try {
      return Optional.of(KernelAttributes.read(directory.resolve(attribute), Evidence.MOST_BYTES))
          .filter(blob -> blob.length > 0);
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw explained(attribute, e);
    }
  }

  private byte[] bytes(String attribute, int limit) throws IOException {
    try {
      return KernelAttributes.read(directory.resolve(attribute), limit);
    } catch (ErrnoException e) {
      throw explained(attribute, e);
    }
  }

  private static IOException explained(String attribute, ErrnoException e) {
    return switch (e.errno()) {
      case Errno.EBUSY, Errno.EAGAIN, Errno.EINTR, Errno.ETIMEDOUT ->
          new BusySourceException(
              "the kernel or the host is busy with another report (%s: %s)"
                  .formatted(attribute, Errno.name(e.errno())),
              e);
      case Errno.EFBIG ->
          new IOException(
              ("`%s` is larger than the kernel delivers, or than %d bytes (EFBIG), which no report"
                      + " is that testudo reads")
                  .formatted(attribute, Evidence.MOST_BYTES),
              e);
      default ->
          new IOException(
              "the kernel made no report (%s: %s)".formatted(attribute, Errno.name(e.errno())), e);
    };
  }

  @Override
  public void close() throws IOException {
    KernelAttributes.removeDirectory(directory);
  }
}
