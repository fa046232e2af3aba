package dev.testudo.agent.view;

import dev.testudo.agent.view.Machine.Kind;
import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The program's view of the file system, built in a mount namespace of the thread that starts it.
/// The machine's file system is not written to, and no other thread or process sees anything of it.
///
/// What is placed lies in a ramfs, because that is never swapped out, and cannot be changed by
/// anybody. It belongs to the user this process runs as, as the program does.
public final class ProgramView {
  /// Directories under which the view is built, one of which every Linux has. It is hidden
  /// meanwhile, for the building thread only, so the first choice is one nothing is loaded from.
  private static final List<String> WORKSHOPS = List.of("/sys", "/proc", "/dev", "/run", "/tmp");

  private final Overlay overlay;
  private final Machine machine;

  private ProgramView(Overlay overlay, Machine machine) {
    this.overlay = overlay;
    this.machine = machine;
  }

  /// Lays `entries` over this machine's files; of two files at one path the later counts.
  ///
  /// @throws ViewException when a file and a directory claim the same path
  public static ProgramView of(List<Placed> entries) throws IOException {
    return of(entries, Machine.real());
  }

  static ProgramView of(List<Placed> entries, Machine machine) throws IOException {
    var overlay = new Overlay(machine);
    for (var entry : entries) {
      overlay.add(entry);
    }
    return new ProgramView(overlay, machine);
  }

  /// What the program would find at an absolute path.
  public Found find(String path) throws IOException {
    var resolved = overlay.resolve(path);
    return switch (overlay.placed().get(resolved)) {
      case Placed.Directory _ -> new Found.Directory();
      case Placed.File file -> new Found.PlacedFile(resolved, file.mode());
      case Placed.Link _ -> throw new IllegalStateException("unresolved link " + resolved);
      case null ->
          switch (machine.at(resolved)) {
            case Kind.Directory _ -> new Found.Directory();
            case Kind.File _ -> new Found.MachineFile(Path.of(resolved));
            case Kind.Absent _, Kind.Link _ -> new Found.Nothing();
          };
    };
  }

  /// What is at a path of the view, links followed.
  public sealed interface Found {
    record Nothing() implements Found {}

    record Directory() implements Found {}

    /// A file of image or policy.
    ///
    /// @param path without links
    record PlacedFile(String path, int mode) implements Found {}

    /// A file of the machine.
    ///
    /// @param path without links
    record MachineFile(Path path) implements Found {}
  }

  /// Whether the program sees the machine as it is, so that [#enter] is not needed.
  public boolean isPlain() {
    return overlay.placed().isEmpty();
  }

  /// Gives the calling thread, and what it starts from now on, this view. The thread must be a
  /// platform thread that is used for nothing else.
  ///
  /// @throws ViewException when the kernel does not let us; the message says what to change
  public void enter() throws IOException {
    var plan = ViewPlan.of(overlay, machine);
    try {
      Mounts.unshare();
    } catch (ErrnoException e) {
      throw new ViewException(
          "no mount namespace of our own for the files of policy and image ("
              + e.getMessage()
              + "): start the agent as root, or by"
              + " `unshare --user --map-current-user --keep-caps --mount --pid --fork`",
          e);
    }
    try {
      build(plan);
    } catch (IOException e) {
      throw new ViewException("cannot build the program's files: " + e.getMessage(), e);
    }
  }

  private static void build(ViewPlan plan) throws IOException {
    var workshop = workshop();
    Mounts.tmpfs(workshop, 1 << 20, 1000);
    var real = Files.createDirectory(workshop.resolve("real"));
    var content = Files.createDirectory(workshop.resolve("content"));
    var view = Files.createDirectory(workshop.resolve("view"));
    Mounts.bind(Path.of("/"), real);
    // The copy shows the workshop itself; below it is what the machine has there.
    Mounts.detach(within(real, workshop.toString()));

    var contents = writeContents(content, plan.mounts());
    if (plan.mirrored().contains("/")) {
      Mirror.of(real, view, plan.linksIn("/"));
    } else {
      Mounts.bind(real, view);
    }
    for (var directory : plan.mirrored()) {
      if (!directory.equals("/")) {
        Mirror.of(within(real, directory), within(view, directory), plan.linksIn(directory));
      }
    }
    for (var i = 0; i < contents.size(); i++) {
      show(contents.get(i), within(view, plan.mounts().get(i).top().path()));
    }
    Mounts.replaceRoot(view);
  }

  private static Path workshop() throws ViewException {
    for (var candidate : WORKSHOPS) {
      var path = Path.of(candidate);
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return path;
      }
    }
    throw new ViewException("none of " + WORKSHOPS + " is a directory");
  }

  /// Writes everything into one ramfs, which is read-only afterwards wherever it is shown.
  private static List<Path> writeContents(Path content, List<ViewPlan.Mount> mounts)
      throws IOException {
    Mounts.ramfs(content);
    var written = new ArrayList<Path>();
    for (var mount : mounts) {
      var place = content.resolve(Integer.toString(written.size()));
      MemoryFiles.write(mount, place);
      written.add(place);
    }
    Mounts.makeReadOnly(content);
    return written;
  }

  private static void show(Path content, Path place) throws IOException {
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.isDirectory(content, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(place);
      } else {
        Files.createFile(place);
      }
    }
    Mounts.bind(content, place);
  }

  private static Path within(Path root, String path) {
    return path.equals("/") ? root : root.resolve(path.substring(1));
  }
}
