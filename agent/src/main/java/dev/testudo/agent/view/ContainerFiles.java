package dev.testudo.agent.view;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.measure.MeasuredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// The root of a container, which the program shares with its agent. The container runtime has set
/// it up from the image; the agent has measured it and changes nothing. Volumes are mounted in a
/// mount namespace that only the program has, so that whoever else enters the container does not
/// see them.
///
/// Files that belong to the runtime, to a volume or to the host are no files of the image, whatever
/// their path, because they were not measured.
public final class ContainerFiles implements ProgramFiles {
  private final MeasuredImage image;
  private final List<Placed.Mount> mounts;

  /// @param image the container's root, as it was measured
  /// @param mounts what is mounted for the program, on directories that exist
  public ContainerFiles(MeasuredImage image, List<Placed.Mount> mounts) {
    this.image = image;
    this.mounts = List.copyOf(mounts);
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

  /// Mounts the volumes. Without any, it does nothing, because the program's files are those of the
  /// agent.
  @Override
  public void enter() throws IOException {
    if (mounts.isEmpty()) {
      return;
    }
    try {
      Mounts.unshare();
    } catch (ErrnoException e) {
      throw new ViewException(
          ("cannot create a mount namespace for the volumes (%s): give the container the capability"
                  + " SYS_ADMIN and the device /dev/fuse, or remove `volumes` from the policy")
              .formatted(e.getMessage()),
          e);
    }
    for (var mount : mounts) {
      mount.mounting().at(Path.of(mount.path()));
    }
  }
}
