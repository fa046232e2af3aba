package dev.testudo.cli.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageDirectoryTest {
  @TempDir Path work;
  private Path source;
  private Path bin;

  @BeforeEach
  void makeAMachine() throws IOException {
    source = Files.createDirectory(work.resolve("service"));
    bin = Files.createDirectory(work.toRealPath().resolve("bin"));
    program(bin.resolve("interpreter-3.11"), "\u007fELF");
    Files.createSymbolicLink(bin.resolve("interpreter"), Path.of("interpreter-3.11"));
    Files.writeString(source.resolve("app.py"), "print(1)\n");
  }

  private static Path program(Path file, String content) throws IOException {
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private ImageRecipe recipe(String command, String... copies) {
    var yaml = new SourceFile("service.yaml", String.join("\n", copies) + "\n");
    var texts = new ArrayList<Text>();
    var at = 0;
    for (var copy : copies) {
      texts.add(new Text(copy, yaml.span(at, at + copy.length())));
      at += copy.length() + 1;
    }
    return new ImageRecipe(
        "local/app:1",
        texts,
        List.of(),
        source,
        new ProgramCall(command, Path.of("/app"), Optional.of(bin.toString())));
  }

  private ImageDirectory make(ImageRecipe recipe) throws Exception {
    var plan = assertInstanceOf(Parsed.Valid.class, CopyPlan.of(recipe));
    return ImageDirectory.make(work.resolve("image"), recipe, (CopyPlan) plan.value());
  }

  private static String problems(ImageRecipe recipe) {
    return Diagnostics.render(CopyPlan.of(recipe).diagnostics());
  }

  @Test
  void copiedFilesLieInTheWorkingDirectory() throws Exception {
    Files.createDirectories(source.resolve("static/css"));
    Files.writeString(source.resolve("static/css/a.css"), "a");
    var image = make(recipe("interpreter", "app.py", "static"));
    assertEquals("print(1)\n", Files.readString(image.path().resolve("root/app/app.py")));
    assertEquals("a", Files.readString(image.path().resolve("root/app/static/css/a.css")));
    assertEquals(2, image.copied());
  }

  @Test
  void theDescriptionNamesTheRealProgramAndTheImage() throws Exception {
    var image = make(recipe("interpreter", "app.py"));
    assertEquals(
        "{\"name\":\"local/app:1\",\"files\":[\"%s/interpreter-3.11\"]}".formatted(bin),
        Files.readString(image.path().resolve("image.json")));
  }

  @Test
  void linksAreFollowed() throws Exception {
    Files.writeString(work.resolve("shared.py"), "shared");
    Files.createSymbolicLink(source.resolve("records.py"), Path.of("../shared.py"));
    var image = make(recipe("interpreter", "records.py"));
    var copied = image.path().resolve("root/app/records.py");
    assertFalse(Files.isSymbolicLink(copied));
    assertEquals("shared", Files.readString(copied));
  }

  @Test
  void scriptsBringTheirInterpreters() throws Exception {
    program(bin.resolve("env"), "\u007fELF");
    program(bin.resolve("tool"), "#!%s/env -S X=1 interpreter -u\n".formatted(bin));
    assertEquals(
        List.of(bin.resolve("tool"), bin.resolve("env"), bin.resolve("interpreter-3.11")),
        make(recipe("tool")).hostFiles());
  }

  @Test
  void aCopiedScriptIsPartOfTheImageAndItsInterpreterOfTheMachine() throws Exception {
    program(source.resolve("run"), "#!%s/interpreter\n".formatted(bin));
    var image = make(recipe("./run", "run"));
    assertEquals(List.of(bin.resolve("interpreter-3.11")), image.hostFiles());
    assertTrue(Files.isExecutable(image.path().resolve("root/app/run")));
    assertFalse(
        Files.isExecutable(
            make(recipe("interpreter", "app.py")).path().resolve("root/app/app.py")));
  }

  @Test
  void makingItAgainGivesTheSameMeasurementUntilAFileChanges() throws Exception {
    var lib = Files.createDirectory(work.resolve("lib"));
    var first = make(recipe("interpreter", "app.py")).measure(lib).measurement();
    assertEquals(first, make(recipe("interpreter", "app.py")).measure(lib).measurement());
    Files.writeString(source.resolve("app.py"), "print(2)\n");
    assertNotEquals(first, make(recipe("interpreter", "app.py")).measure(lib).measurement());
  }

  @Test
  void whatAnEarlierImageHadIsGone() throws Exception {
    make(recipe("interpreter", "app.py"));
    assertFalse(Files.exists(make(recipe("interpreter")).path().resolve("root/app")));
  }

  @Test
  void anInterpreterThatNeedsItselfIsAnError() throws Exception {
    program(bin.resolve("loop"), "#!%s/loop\n".formatted(bin));
    var failed = assertThrows(CommandFailed.class, () -> make(recipe("loop")));
    assertEquals(ExitCode.INPUT_WRONG, failed.code());
  }

  @Test
  void aMissingProgramSaysWhereItWasLookedFor() {
    var failed = assertThrows(CommandFailed.class, () -> make(recipe("absent")));
    assertEquals(
        "there is no program `absent` in %s; install it, or write its whole path in `command`"
            .formatted(bin),
        failed.line());
  }

  @Test
  void everyFileThatCannotBeCopiedIsReported() {
    assertEquals(
        """
        error[invalid-value]: `absent.py` does not exist
         --> service.yaml:1:1
          |
        1 | absent.py
          | ^^^^^^^^^ no such file or folder beside this manifest

        error[invalid-value]: `../secret` is not a path below this manifest's folder
         --> service.yaml:2:1
          |
        2 | ../secret
          | ^^^^^^^^^
          = help: name files or folders beside the manifest

        error[invalid-value]: `/etc/passwd` is not a path below this manifest's folder
         --> service.yaml:3:1
          |
        3 | /etc/passwd
          | ^^^^^^^^^^^
          = help: name files or folders beside the manifest
        """,
        problems(recipe("interpreter", "absent.py", "../secret", "/etc/passwd")));
  }
}
