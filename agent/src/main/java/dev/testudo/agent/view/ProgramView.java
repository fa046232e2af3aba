package dev.testudo.agent.view;

import dev.testudo.agent.view.Machine.Kind;
import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The program's view of the file system, built from nothing in a mount namespace of the thread
/// that starts it: programs and libraries of the machine, read-only; those parts of `/etc` that
/// programs need; what image and policy place; folders in memory; and of the machine's data what
/// the manifest names. The machine's file system is not written to, and no other thread or process
/// sees anything of it.
///
/// What is placed lies in a ramfs, because that is never swapped out, and cannot be changed by
/// anybody. Only a mount that is placed may be writable.
public final class ProgramView {
  private final Base base;
  private final Overlay overlay;
  private final Machine machine;
  private final UserIds user;

  private ProgramView(Base base, UserIds user) {
    this.base = base;
    this.user = user;
    this.machine = new BaseMachine(base);
    this.overlay = new Overlay(machine);
  }

  /// Lays `entries` over what is shown of this machine; of two files at one path the later counts.
  ///
  /// @param user as whom the program will run
  /// @throws ViewException when the same path shall be a file and a directory, or `host` names what
  ///     cannot be shown
  public static ProgramView of(List<Placed> entries, HostParts host, UserIds user)
      throws IOException {
    var view = new ProgramView(Base.of(host, user), user);
    for (var entry : view.base.placed()) {
      view.overlay.add(entry);
    }
    for (var entry : entries) {
      view.overlay.add(entry);
    }
    return view;
  }

  /// What the program would find at an absolute path.
  public Found find(String path) throws IOException {
    var resolved = overlay.resolve(path);
    return switch (overlay.at(resolved)) {
      case Kind.Directory _ -> new Found.Directory();
      case Kind.File _ ->
          overlay.placed().get(resolved) instanceof Placed.File file
              ? new Found.PlacedFile(resolved, file.mode())
              : new Found.MachineFile(source(resolved));
      case Kind.Absent _, Kind.Link _ -> new Found.Nothing();
    };
  }

  private Path source(String path) {
    return base.partOf(path).map(part -> part.sourceOf(path)).orElseGet(() -> Path.of(path));
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
    /// @param path where the machine has it, without links
    record MachineFile(Path path) implements Found {}
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
      ViewBuilder.build(base, plan, user);
    } catch (ViewException e) {
      throw e;
    } catch (IOException e) {
      throw new ViewException("cannot build the program's files: " + e.getMessage(), e);
    }
  }
}
