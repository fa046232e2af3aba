package dev.testudo.agent.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    return assertThrows(AgentFailure.class, this::read).line();
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
      assertTrue(refusal().contains("has mode %04o: others can".formatted(mode)), refusal());
    }
  }

  @Test
  void whatIsNoTokenIsRefusedAndNotShown() throws IOException {
    for (var text : List.of("", "\n", "\r\n", "\nhunter2", "x".repeat(TokenSource.LIMIT))) {
      write(text, 0600);
      assertTrue(refusal().startsWith("the token has no characters, or more than"), refusal());
    }
    Files.delete(file);
    assertTrue(refusal().contains("is not a file"), refusal());
  }
}
