package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.linux.sys.Fd;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The source of the join token that the agent shows to CAS. The token is one line, which is read
/// before the program starts. The program gets neither the file nor the descriptor.
public sealed interface TokenSource {
  /// The longest token, in bytes.
  int LIMIT = 4096;

  /// How long reading the token from a descriptor may take.
  Duration PATIENCE = Duration.ofSeconds(10);

  /// A file that only its owner and group may read.
  record InFile(Path file) implements TokenSource {}

  /// An open descriptor. 0 stays open, because what follows the line is for the program or
  /// the caller.
  record AtDescriptor(int number) implements TokenSource {}

  /// The token itself, from an environment variable.
  record Given(Secret token) implements TokenSource {}

  /// Returns the token, which the caller must wipe.
  default Secret read() throws AgentFailure, InterruptedException {
    var token =
        switch (this) {
          case InFile(var file) -> ofFile(file);
          case AtDescriptor(var number) -> ofDescriptor(number);
          case Given(var given) -> given;
        };
    if (token.length() == 0 || token.length() >= LIMIT) {
      throw AgentFailure.input(
          "the token has no characters, or more than %d bytes".formatted(LIMIT - 1));
    }
    return token;
  }

  private static Secret ofFile(Path file) throws AgentFailure {
    try {
      if (!Files.isRegularFile(file)) {
        throw AgentFailure.input(
            "the token file %s is not a file; a pipe is given with `--token-fd`".formatted(file));
      }
      var mode = (Integer) Files.getAttribute(file, "unix:mode") & 0777;
      if ((mode & 0027) != 0) {
        throw AgentFailure.input(
            "the token file %s has mode %04o: others can read it, or change it; `chmod 0400` it, in"
                    .formatted(file, mode)
                + " Kubernetes with `defaultMode: 0400`");
      }
      try (var in = Files.newInputStream(file)) {
        return line(in.readNBytes(LIMIT));
      }
    } catch (AccessDeniedException e) {
      throw AgentFailure.input(
          "the token file %s may not be read by the user of this process; make it the owner"
              .formatted(file));
    } catch (IOException e) {
      throw AgentFailure.environment("read the token file", e);
    }
  }

  /// Reads from a descriptor, on a thread of its own because the other end may never write.
  private static Secret ofDescriptor(int number) throws AgentFailure, InterruptedException {
    var reading = new FutureTask<>(() -> ofOpen(number));
    Thread.ofPlatform().daemon().name("token").start(reading);
    try {
      return reading.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw AgentFailure.input(
          "no token came through descriptor %d within %d s"
              .formatted(number, PATIENCE.toSeconds()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw AgentFailure.environment("read the token from descriptor " + number, cause);
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @SuppressWarnings("resource") // standard input stays open
  private static Secret ofOpen(int number) throws IOException {
    var fd = new Fd(number);
    try {
      return line(dev.testudo.linux.sys.Files.readLine(fd, LIMIT));
    } finally {
      if (number != 0) {
        fd.close();
      }
    }
  }

  /// Returns the first line of `bytes`, and wipes `bytes`.
  private static Secret line(byte[] bytes) {
    var end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    if (end > 0 && bytes[end - 1] == '\r') {
      end--;
    }
    var token = Secret.taking(Arrays.copyOf(bytes, end));
    Arrays.fill(bytes, (byte) 0);
    return token;
  }
}
