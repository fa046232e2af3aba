package dev.testudo.agent.view;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Replaces files in a view that programs use already. The new files are written into a ramfs of
/// their own, in a mount namespace that nobody else has, and then mounted in the view. Nobody sees
/// a file that is not complete.
final class FileSwap {
  private final List<Placed.File> files;
  private final UserIds user;
  private final Path workshop;

  /// @param workshop a directory that is hidden meanwhile, for the thread that swaps only
  private FileSwap(List<Placed.File> files, UserIds user, Path workshop) {
    this.files = files;
    this.user = user;
    this.workshop = workshop;
  }

  /// Replaces files that the view in `namespace` has at their paths.
  static void swap(MountNamespace namespace, List<Placed.File> files, UserIds user, Path workshop)
      throws IOException, InterruptedException {
    var swap = new FileSwap(files, user, workshop);
    MountNamespace.onNewThread(() -> swap.in(namespace));
  }

  private void in(MountNamespace namespace) throws IOException {
    Mounts.unshare();
    var mounts = new ArrayList<Fd>();
    try {
      write(mounts);
      namespace.enter();
      for (var i = 0; i < files.size(); i++) {
        Mounts.replaceFile(mounts.get(i), Path.of(files.get(i).path()));
      }
    } finally {
      mounts.forEach(Fd::close);
    }
  }

  /// Writes the files, and adds a detached mount of each to `mounts`.
  private void write(List<Fd> mounts) throws IOException {
    Mounts.ramfs(workshop);
    var memory = new MemoryFiles(user);
    for (var i = 0; i < files.size(); i++) {
      memory.write(new ViewPlan.Mount(files.get(i), List.of()), place(i));
    }
    Mounts.makeReadOnly(workshop);
    for (var i = 0; i < files.size(); i++) {
      mounts.add(Mounts.copy(place(i)));
    }
  }

  private Path place(int number) {
    return workshop.resolve(Integer.toString(number));
  }
}
