package dev.testudo.agent.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenSourceTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = folder.resolve("token");
    write("hunter2\n", 0600);
  }

  private void write(String text, int mode) throws IOException {
    Files.writeString(file, text);
    Files.setAttribute(file, "unix:mode", mode);
  }

  private String read() throws Exception {
    try (var token = new TokenSource.InFile(file).read()) {
      return token.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private String refusal() {
    var failure = assertThrows(AgentFailure.class, this::read);
    assertEquals(AgentFailure.Kind.INPUT_WRONG, failure.kind());
    return failure.line();
  }

  @Test
  void theTokenIsTheFirstLine() throws Exception {
    assertEquals("hunter2", read());
    write("hunter2", 0400);
    assertEquals("hunter2", read());
    write("two words \r\nand more", 0440);
    assertEquals("two words ", read());
  }

  @Test
  void aFileThatOthersCanReadOrChangeIsRefused() throws IOException {
    for (var mode : List.of(0604, 0644, 0602, 0620, 0777)) {
      write("hunter2\n", mode);
      assertEquals(
          "the token file %s has mode %04o: others can read it, or change it; `chmod 0400` it, in Kubernetes with `defaultMode: 0400`"
              .formatted(file, mode),
          refusal());
    }
  }

  @Test
  void whatIsNoTokenIsRefusedAndNotShown() throws IOException {
    for (var text : List.of("", "\n", "\r\n", "\nhunter2", "x".repeat(TokenSource.LIMIT))) {
      write(text, 0600);
      assertEquals(
          "the token has no characters, or more than %d bytes".formatted(TokenSource.LIMIT - 1),
          refusal());
    }
    Files.delete(file);
    assertEquals(
        "the token file %s is not a file; a pipe is given with `--token-fd`".formatted(file),
        refusal());
  }
}
