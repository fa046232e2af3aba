package dev.testudo.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A CAS in a network namespace, where every caller may create sessions.
///
/// @param key the hash of its key
record HostCas(Process process, String key) implements AutoCloseable {
  /// Starts it.
  ///
  /// @param before the words that enter the namespace
  /// @param folder where its state and its log are
  static HostCas start(List<String> before, Path folder, String address) throws IOException {
    var log = folder.resolve("cas.log");
    var words = new ArrayList<>(before);
    words.addAll(List.of(Command.LAUNCHER.toString(), "cas", "serve", "--first-come"));
    words.addAll(List.of("--state", folder.resolve("cas").toString()));
    words.addAll(List.of("--listen", address, "--exit-with-stdin"));
    var process = new ProcessBuilder(words).redirectError(log.toFile()).start();
    var line = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (line == null) {
      throw new AssertionError("CAS did not start:\n" + Files.readString(log));
    }
    return new HostCas(process, new ObjectMapper().readTree(line).path("key_hash").asText());
  }

  @Override
  public void close() throws IOException {
    try {
      Processes.end(process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
