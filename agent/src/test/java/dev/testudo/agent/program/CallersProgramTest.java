package dev.testudo.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallersProgramTest {
  @TempDir private Path folder;

  private Path file(String name, int mode, String text) throws IOException {
    var file = Files.writeString(folder.resolve(name), text);
    Files.setAttribute(file, "unix:mode", mode);
    return file;
  }

  private Path find(String name) throws AgentFailure {
    return CallersProgram.find(name, Map.of("PATH", folder.resolve("empty") + ":" + folder));
  }

  private void cannotRun(String name, String why) {
    var failure = assertThrows(AgentFailure.class, () -> find(name));
    assertEquals(AgentFailure.Kind.INPUT_WRONG, failure.kind());
    assertEquals("`%s` cannot be run: %s".formatted(name, why), failure.line());
  }

  @Test
  void aNameIsSearchedInPathAndAPathIsTakenAsItIs() throws Exception {
    var program = file("program", 0755, "#!/bin/sh -e\n");
    assertEquals(program, find("program"));
    assertEquals(program, find(program.toString()));
  }

  @Test
  void aFileThatMayNotBeExecutedIsPassedOverInPath() throws Exception {
    Files.createDirectory(folder.resolve("empty"));
    file("empty/program", 0644, "#!/bin/sh\n");
    var program = file("program", 0755, "#!/bin/sh\n");
    assertEquals(program, find("program"));
  }

  @Test
  void whatCannotBeRunIsToldByItsReason() throws Exception {
    cannotRun("/bin/no-such-program", "there is no such file, or its directory may not be entered");
    cannotRun(folder.toString(), "it is a directory");
    cannotRun("/dev/null", "it is no regular file");
    cannotRun(
        file("plain", 0644, "#!/bin/sh\n").toString(),
        "it may not be executed; `chmod +x` it, or name its interpreter before it");
    cannotRun("nowhere", "it is in no directory of PATH (%1$s/empty:%1$s)".formatted(folder));
  }

  @Test
  void aScriptNeedsItsInterpreter() throws Exception {
    file("script", 0755, "#! /bin/no-such-shell -e\n");
    cannotRun("script", "it is a script for /bin/no-such-shell, which does not exist");
    cannotRun(
        folder.resolve("script").toString(),
        "it is a script for /bin/no-such-shell, which does not exist");
  }

  @Test
  void whatIsNoScriptIsTheKernelsToJudge() throws Exception {
    assertEquals(file("empty", 0755, ""), find("empty"));
    assertEquals(file("binary", 0755, "\u007fELF\0\u00ff"), find("binary"));
    assertEquals(file("unfinished", 0755, "#!/bin/no-such-shell"), find("unfinished"));
    assertEquals(file("endless", 0755, "#!/" + "x".repeat(1000) + "\n"), find("endless"));
  }
}
