package dev.testudo.agent.view;

import dev.testudo.agent.view.Machine.Kind;
import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The program's view of the file system. It is built from nothing, in a mount namespace of the
/// thread that starts the program. It contains:
///
/// - programs and libraries of the machine, read-only
/// - the parts of `/etc` that programs need
/// - what image and policy place
/// - directories in memory
/// - the machine's data that the manifest names
///
/// The machine's file system is not changed, and no other thread or process sees the view. What is
/// placed is in a ramfs, because that is never swapped out, and no program can change it. Only a
/// placed mount may be writable. [#replace] lets other files take the place of placed ones.
public final class ProgramView implements ProgramFiles {
  private final Base base;
  private final Overlay overlay;
  private final Machine machine;
  private final UserIds user;

  /// The mount namespace of the view, once a thread has entered it.
  private volatile Optional<MountNamespace> namespace = Optional.empty();

  private ProgramView(Base base, UserIds user) {
    this.base = base;
    this.user = user;
    this.machine = new BaseMachine(base);
    this.overlay = new Overlay(machine);
  }

  /// Returns a view with `entries` placed over the [Base]. Of two files at one path, the later
  /// one counts.
  ///
  /// @param user the user who will run the program
  /// @throws ViewException if the same path is to be a file and a directory, if `host` names
  ///     something that cannot be shown, or if a mount would hide something
  public static ProgramView of(List<Placed> entries, HostParts host, UserIds user)
      throws IOException {
    var view = new ProgramView(Base.of(host, user), user);
    for (var entry : view.base.placed()) {
      view.overlay.add(entry);
    }
    for (var entry : entries) {
      view.overlay.add(entry);
    }
    for (var mount : view.overlay.mounts()) {
      if (!view.base.canHoldMount(mount.path())) {
        throw new ViewException(
            "a mount at `%s` would hide a part of this machine that programs see"
                .formatted(mount.path()));
      }
    }
    return view;
  }

  @Override
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

  @Override
  public void enter() throws IOException {
    var plan = ViewPlan.of(overlay, machine);
    try {
      Mounts.unshare();
    } catch (ErrnoException e) {
      throw new ViewException(
          "cannot create a mount namespace for the program's files ("
              + e.getMessage()
              + "): start the agent as root, or with"
              + " `unshare --user --map-current-user --keep-caps --mount --pid --fork`",
          e);
    }
    try {
      namespace = Optional.of(MountNamespace.ofThread());
      ViewBuilder.build(base, plan, user);
    } catch (ViewException e) {
      throw e;
    } catch (IOException e) {
      throw new ViewException("cannot build the program's files: " + e.getMessage(), e);
    }
  }

  /// Lets `files` take the place of placed files at the same paths, after [#enter]. A program that
  /// opens one of the paths gets the old file or the new one, and never a part of it. One that has
  /// opened the old file keeps it. Each file is replaced for itself.
  public void replace(List<Placed.File> files) throws IOException, InterruptedException {
    FileSwap.swap(namespace.orElseThrow(), files, user, ViewBuilder.workshop(base));
  }
}
