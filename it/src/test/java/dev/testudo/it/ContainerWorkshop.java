package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A CAS, podman, and an OCI layout whose images become confidential ones. Needs root.
///
/// @param folder where all of it is; a temporary folder of JUnit must not be cleaned up, because
///     podman's storage has mounts, which it removes itself
record ContainerWorkshop(Path folder, RunningCas cas, Podman podman, TestLayout layout)
    implements AutoCloseable {
  static ContainerWorkshop in(Path folder) throws IOException {
    return new ContainerWorkshop(
        folder,
        RunningCas.start(folder.resolve("cas")),
        Podman.in(folder.resolve("podman")),
        new TestLayout(folder.resolve("images")));
  }

  /// A confidential image that was made.
  record Made(String digest, String measurement) {
    static Made of(Command sconify) {
      assertEquals(0, sconify.exit(), sconify.all());
      try {
        var printed = new ObjectMapper().readTree(sconify.out());
        return new Made(printed.get("digest").asText(), printed.get("measurement").asText());
      } catch (IOException e) {
        throw new AssertionError(sconify.all(), e);
      }
    }
  }

  /// Returns how commands name an image of the layout.
  String place(String tag) {
    return "oci:" + layout.directory() + ":" + tag;
  }

  /// Returns the session that [#sconify] writes.
  Path session(String tag) {
    return folder.resolve(tag + ".yaml");
  }

  /// Returns the words that make a confidential image of one in the layout.
  ///
  /// @param name of session and service
  List<String> sconify(String name, String from, String to, String... more) {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "sconify", "--json"));
    words.addAll(List.of("--name", name, "--from", place(from), "--to", place(to)));
    words.addAll(List.of("-o", session(to).toString()));
    words.addAll(List.of(more));
    return words;
  }

  /// Makes a confidential image of one in the layout.
  Made make(String name, String from, String to, String... more) {
    return Made.of(Command.run(Map.of(), sconify(name, from, to, more)));
  }

  /// Runs a container of a confidential image to its end.
  ///
  /// @param user who may read its join token
  Podman.Ended run(String service, int user, List<String> options, String tag)
      throws IOException, InterruptedException {
    var image = podman.pull(layout.directory(), tag);
    return podman.run(podman.attested(cas, service, user, options, image));
  }

  @Override
  public void close() throws IOException {
    try (cas;
        podman) {
      // Both are closed, also if one fails.
    }
  }
}
