package dev.testudo.agent.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.agent.view.ProgramFiles.Found;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.measure.HashedContent;
import dev.testudo.trust.measure.ImageDescription;
import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.measure.MeasuredImage;
import dev.testudo.trust.measure.RestrictedEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerFilesTest {
  private static final String SOME = "0".repeat(64);

  @TempDir private Path folder;
  private Path program;
  private ContainerFiles files;

  @BeforeEach
  void measureOneFile() throws IOException {
    folder = folder.toRealPath();
    program = Files.writeString(folder.resolve("program"), "x");
    files =
        new ContainerFiles(
            new MeasuredImage(
                new Measurement(SOME),
                new ImageDescription("it", true, List.of(), List.of(), RestrictedEntries.NONE),
                List.of(
                    new ImageEntry.RegularFile(
                        program.toString(), 0755, new HashedContent(1, SOME, ""), program))),
            List.of());
  }

  @Test
  void aFileThatWasMeasuredIsOfTheImage() throws IOException {
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("program"));
    assertEquals(new Found.PlacedFile(program.toString(), 0755), files.find(program.toString()));
    assertEquals(new Found.PlacedFile(program.toString(), 0755), files.find(link.toString()));
  }

  @Test
  void aFileThatWasNotMeasuredIsNot() throws IOException {
    var other = Files.writeString(folder.resolve("other"), "x");
    assertEquals(new Found.MachineFile(other), files.find(other.toString()));
  }

  @Test
  void thereAreFoldersAndNothing() throws IOException {
    assertEquals(new Found.Directory(), files.find(folder.toString()));
    assertEquals(new Found.Nothing(), files.find(folder.resolve("none").toString()));
  }
}
