package dev.testudo.agent.view;

import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.measure.MeasuredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The root of a container, which the program shares with its agent. The container runtime has set
/// it up from the image; the agent has measured it and changes nothing.
///
/// Files that belong to the runtime, to a volume or to the host are no files of the image, whatever
/// their path, because they were not measured.
public final class ContainerFiles implements ProgramFiles {
  private final MeasuredImage image;

  /// @param image the container's root, as it was measured
  public ContainerFiles(MeasuredImage image) {
    this.image = image;
  }

  @Override
  public Found find(String path) throws IOException {
    Path real;
    try {
      real = Path.of(path).toRealPath();
    } catch (NoSuchFileException _) {
      return new Found.Nothing();
    }
    if (Files.isDirectory(real)) {
      return new Found.Directory();
    }
    for (var entry : image.entries()) {
      if (entry instanceof ImageEntry.RegularFile file && file.path().equals(real.toString())) {
        return new Found.PlacedFile(file.path(), file.permissions());
      }
    }
    return new Found.MachineFile(real);
  }

  /// Does nothing, because the program's files are those of the agent.
  @Override
  public void enter() {}
}
