package dev.testudo.image.registry.credential;

import dev.testudo.image.registry.credential.RegistryCredential.IdentityToken;
import dev.testudo.image.registry.credential.RegistryCredential.Password;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs `docker-credential-NAME get` (the protocol of docker-credential-helpers): the server goes
/// to its standard input, and a user with a secret comes back as JSON. It has a limit of time and
/// of output, and what it prints appears in no message, because it may be a secret.
final class CredentialHelper {
  private static final int OUTPUT_LIMIT = 64 << 10;

  /// The user that stands for an identity token.
  private static final String TOKEN_USER = "<token>";

  private static final List<String> ABSENT =
      List.of("credentials not found", "no credentials server URL", "no credentials username");

  private final Map<String, String> environment;
  private final Duration patience;

  /// Creates a runner of helpers.
  ///
  /// @param environment the whole environment of the helper; `PATH` says where it is
  /// @param patience how long it may run
  CredentialHelper(Map<String, String> environment, Duration patience) {
    this.environment = Map.copyOf(environment);
    this.patience = patience;
  }

  /// Asks the helper `name` for the credential of `server`; returns empty if it has none.
  ///
  /// @throws CredentialException if it cannot be run, fails, or answers something else
  Optional<RegistryCredential> ask(String name, String server) throws IOException {
    var program = program(name);
    var process = start(program, name);
    try {
      try (var in = process.getOutputStream()) {
        in.write((server + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It may have exited without reading; its exit code and its output decide.
      }
      var output = output(process, name);
      return process.waitFor() == 0 ? parse(name, output) : absent(name, server, output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Path program(String name) throws CredentialException {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new CredentialException(
          "docker-credential-…", "the name of a credential helper is malformed");
    }
    var file = "docker-credential-" + name;
    for (var directory : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      var path = Path.of(directory, file);
      if (path.isAbsolute() && Files.isExecutable(path) && Files.isRegularFile(path)) {
        return path;
      }
    }
    throw new CredentialException(
        file,
        ("the credential helper `%s` is not in PATH; install it, or remove it from the file of"
                + " credentials")
            .formatted(file));
  }

  private Process start(Path program, String name) throws CredentialException {
    var builder = new ProcessBuilder(program.toString(), "get");
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      return builder.start();
    } catch (IOException e) {
      throw failed(name, "cannot be started");
    }
  }

  private byte[] output(Process process, String name) throws IOException, InterruptedException {
    var output = new CompletableFuture<byte[]>();
    Thread.ofPlatform()
        .daemon()
        .name("credential-helper")
        .start(() -> read(process.getInputStream(), output));
    try {
      var bytes = output.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (bytes.length > OUTPUT_LIMIT) {
        throw failed(name, "prints more than %d bytes".formatted(OUTPUT_LIMIT));
      }
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed(name, "does not end in %d s".formatted(patience.toSeconds()));
      }
      return bytes;
    } catch (TimeoutException e) {
      throw failed(name, "does not answer in %d s".formatted(patience.toSeconds()));
    } catch (ExecutionException e) {
      throw failed(name, "cannot be read");
    }
  }

  private static void read(InputStream in, CompletableFuture<byte[]> output) {
    try {
      output.complete(in.readNBytes(OUTPUT_LIMIT + 1));
    } catch (IOException e) {
      output.completeExceptionally(e);
    }
  }

  private static Optional<RegistryCredential> parse(String name, byte[] output)
      throws CredentialException {
    try {
      var members = JsonMembers.read(output, OUTPUT_LIMIT, "credential");
      var user = members.text("Username");
      var secret = members.text("Secret");
      if (secret.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          user.equals(TOKEN_USER)
              ? new IdentityToken(Secret.ofText(secret))
              : new Password(user, Secret.ofText(secret)));
    } catch (MessageException e) {
      throw failed(name, "does not answer with `Username` and `Secret`");
    }
  }

  private static Optional<RegistryCredential> absent(String name, String server, byte[] output)
      throws CredentialException {
    var text = new String(output, StandardCharsets.UTF_8);
    if (ABSENT.stream().anyMatch(text::contains)) {
      return Optional.empty();
    }
    throw failed(name, "fails; run `echo %s | docker-credential-%s get`".formatted(server, name));
  }

  private static CredentialException failed(String name, String how) {
    return new CredentialException(
        "docker-credential-" + name,
        "the credential helper `docker-credential-%s` %s".formatted(name, how));
  }
}
