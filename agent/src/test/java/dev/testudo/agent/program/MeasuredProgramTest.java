package dev.testudo.agent.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.view.Content;
import dev.testudo.agent.view.HostParts;
import dev.testudo.agent.view.Placed;
import dev.testudo.agent.view.ProgramView;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.FileTemplates;
import dev.testudo.trust.channel.HostInputs;
import dev.testudo.trust.channel.ProgramStart;
import dev.testudo.trust.channel.ProtectedFiles;
import dev.testudo.trust.measure.ImageDescription;
import dev.testudo.trust.measure.MeasuredImage;
import dev.testudo.trust.measure.RestrictedEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredProgramTest {
  @TempDir private Path folder;
  private Path program;

  @BeforeEach
  void makeProgram() throws IOException {
    folder = folder.toRealPath();
    program = executable("program", "\177ELF");
  }

  private Path executable(String name, String content) throws IOException {
    var file = Files.writeString(folder.resolve(name), content);
    Files.setAttribute(file, "unix:mode", 0755);
    return file;
  }

  private Path locate(String name, List<Path> measured, Placed... placed) throws Exception {
    var configuration =
        new Configuration(
            new ProgramStart(
                List.of(name),
                Map.of("PATH", "relative:" + folder.resolve("none") + ":" + folder),
                Optional.of(folder.toString())),
            List.of(),
            FileTemplates.NONE,
            ProtectedFiles.NONE,
            new Configuration.Origin("session", "hash", false),
            HostInputs.NONE);
    var image =
        new MeasuredImage(
            new Measurement("0".repeat(64)),
            new ImageDescription("it", false, measured, List.of(), RestrictedEntries.NONE),
            List.of());
    return MeasuredProgram.locate(
        configuration,
        ProgramView.of(
            List.of(placed), new HostParts(measured, List.of(folder), List.of()), UserIds.own()),
        image);
  }

  private static final String NOT_MEASURED =
      "refused: the program %s is not one of the measured files of image it; build the image again"
          + " with `testudo apply`";

  private String refusal(String name, List<Path> measured, Placed... placed) {
    var failure = assertThrows(AgentFailure.class, () -> locate(name, measured, placed));
    assertEquals(AgentFailure.Kind.REFUSED, failure.kind());
    return failure.line();
  }

  private static Placed file(Path path, int mode) {
    return new Placed.File(path.toString(), mode, new Content.Plain("x".getBytes(UTF_8)));
  }

  @Test
  void searchesThePolicysPath() throws Exception {
    assertEquals(program, locate("program", List.of(program)));
  }

  @Test
  void aPathIsTakenAsItIsWritten() throws Exception {
    assertEquals(program, locate(program.toString(), List.of(program)));
    assertEquals(
        folder.resolve("./program").toString(), locate("./program", List.of(program)).toString());
  }

  @Test
  void aLinkToAMeasuredFileWillDo() throws Exception {
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("program"));
    assertEquals(link, locate("link", List.of(program)), "the program sees the name it was given");
    assertEquals(program, locate("program", List.of(link)));
  }

  @Test
  void aFileOfTheImageIsMeasured() throws Exception {
    var mine = folder.resolve("mine");
    assertEquals(mine, locate("mine", List.of(), file(mine, 0755)));
  }

  @Test
  void theImagesFileHidesTheMachines() throws Exception {
    assertEquals(program, locate("program", List.of(), file(program, 0755)));
  }

  @Test
  void aFileThatCannotBeExecutedIsNotTheProgram() {
    var mine = folder.resolve("mine");
    assertEquals(
        "refused: the policy's program `mine` is neither in the image nor in what programs see of this machine (looked at"
            + " %s/none/mine, %s/mine)".formatted(folder, folder),
        refusal("mine", List.of(), file(mine, 0644)));
  }

  @Test
  void aScriptNeedsItsInterpretersMeasured() throws Exception {
    var script = executable("script", "#! %s -u\n".formatted(program));
    var twice = executable("twice", "#!%s\n".formatted(script));
    assertEquals(script, locate("script", List.of(script, program)));
    assertEquals(twice, locate("twice", List.of(twice, script, program)));
    for (var measured : List.of(List.of(script), List.of(twice, script))) {
      assertEquals(
          NOT_MEASURED.formatted(program), refusal(measured.getFirst().toString(), measured));
    }
  }

  @Test
  void whatEnvLooksForIsAnInterpreterAsWell() throws Exception {
    var env = executable("env", "\177ELF");
    var script = executable("script", "#!%s -S A=b program\n".formatted(env));
    assertEquals(script, locate("script", List.of(script, env, program)));
    assertEquals(NOT_MEASURED.formatted(program), refusal("script", List.of(script, env)));
    assertEquals(NOT_MEASURED.formatted(env), refusal("script", List.of(script, program)));
  }

  @Test
  void aScriptThatRunsItselfIsRefused() throws Exception {
    var script = executable("script", "#!" + folder.resolve("script") + "\n");
    assertEquals(
        "refused: the program %s has more than 5 interpreters".formatted(script),
        refusal("script", List.of(script)));
  }

  @Test
  void aFileOfTheMachineThatWasNotMeasuredIsRefused() {
    assertEquals(
        "refused: the program %s is not one of the measured files of image it; build the image again"
                .formatted(program)
            + " with `testudo apply`",
        refusal("program", List.of(Path.of("/bin/sh"))));
  }
}
