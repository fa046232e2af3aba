package dev.testudo.cas.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Who may see the console. An address with a token admits one browser, once. Whoever can read the
/// state directory finds the next one in the file `console.url`. It stands nowhere else, because
/// output often goes to a log that others read.
public final class ConsoleAccess implements AutoCloseable {
  private static final int TOKEN_BYTES = 32;
  private static final int MOST_VISITS = 8;
  private static final Duration VISIT = Duration.ofHours(12);

  private final Path file;
  private final SecureRandom random;
  private final LongSupplier nanoTime;
  private final Deque<Visit> visits = new ArrayDeque<>();
  private String base = "";
  private String token = "";

  /// A browser that was admitted.
  private record Visit(String cookie, long until) {
    @Override
    public String toString() {
      return "Visit";
    }
  }

  /// Creates an access that writes its address to a file in `directory`.
  public ConsoleAccess(Path directory, SecureRandom random, LongSupplier nanoTime) {
    this.file = directory.resolve("console.url");
    this.random = random;
    this.nanoTime = nanoTime;
  }

  /// Opens the access and writes the file.
  ///
  /// @param address where the console is, such as `http://127.0.0.1:8088`
  public synchronized void open(String address) throws IOException {
    base = address;
    renew();
  }

  /// Admits a browser that presents the token, and makes another token.
  ///
  /// @return the value of its cookie; empty if the token is wrong
  public synchronized Optional<String> enter(String presented) throws IOException {
    if (token.isEmpty() || !same(token, presented)) {
      return Optional.empty();
    }
    renew();
    var cookie = secret();
    visits.addLast(new Visit(cookie, nanoTime.getAsLong() + VISIT.toNanos()));
    if (visits.size() > MOST_VISITS) {
      visits.removeFirst();
    }
    return Optional.of(cookie);
  }

  /// Returns true if a browser with this cookie was admitted within the last hours.
  public synchronized boolean admits(String cookie) {
    var now = nanoTime.getAsLong();
    visits.removeIf(visit -> visit.until() - now < 0);
    var admitted = false;
    for (var visit : visits) {
      admitted |= same(visit.cookie(), cookie);
    }
    return admitted;
  }

  /// Makes the next token. If the file cannot be written, the present one stays.
  private void renew() throws IOException {
    var next = secret();
    var draft = file.resolveSibling("console.url.new");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(draft, "%s/?token=%s%n".formatted(base, next));
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    token = next;
  }

  private String secret() {
    var bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  /// Admits nobody any more.
  @Override
  public synchronized void close() throws IOException {
    token = "";
    visits.clear();
    Files.deleteIfExists(file);
  }
}
