package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The three applications of docs/manifests.md, typed in as they stand there.
class DocumentedMeshesIT {
  /// A file's name in a paragraph of its own, and its content in the block below.
  private static final Pattern FILE =
      Pattern.compile("(?ms)^`([a-z./]+)`:\n\n```[a-z]+\n(.*?)^```$");

  @TempDir private Path work;

  @BeforeEach
  void typeThemIn() throws IOException {
    var page = Files.readString(Command.ROOT.resolve("docs/manifests.md"));
    var written = new TreeSet<String>();
    var files = FILE.matcher(page);
    while (files.find()) {
      var file = work.resolve(files.group(1));
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, files.group(2));
      written.add(files.group(1));
    }
    assertEquals(11, written.size(), written::toString);
  }

  private RunningMesh launch(String mesh) throws IOException {
    return RunningMesh.launch(work.resolve(mesh), work.resolve("state"));
  }

  @Test
  void theFirstServiceGreetsWhomTheMeshfileNamesAndEnds() throws Exception {
    try (var mesh = launch("hello/mesh.yaml")) {
      assertEquals(0, mesh.awaitEnd(), mesh::output);
      new Output(mesh.output()).hasLine("hello | hello world");
      new Output(mesh.output()).hasLine("hello | the password has 20 characters");
    }
  }

  @Test
  void theVisitorFetchesThePageOverItsDeclaredConnection() throws Exception {
    try (var mesh = launch("site/mesh.yaml")) {
      mesh.awaitLine("the page", "visitor | hello from the page"::equals);
      mesh.awaitLine(
          "the connection", "testudo | visitor → page connected (rule CLIENT_page_8000)"::equals);
    }
  }

  @Test
  void theReaderFetchesThePageOverItsProtectedConnection() throws Exception {
    try (var mesh = launch("pair/mesh.yaml")) {
      mesh.awaitLine("the page", "reader | hello from greeter"::equals);
      mesh.awaitReady();
      var listening = mesh.description().path("services").path("greeter").path("listening");
      assertEquals(1, listening.size(), listening::toString);
      assertEquals("SERVER_web", listening.get(0).path("rule").asText());
      assertEquals("protected", listening.get(0).path("mode").asText());
      mesh.awaitLine(
          "the connection", "testudo | reader → greeter connected (rule CLIENT_greeter)"::equals);
    }
  }
}
