package dev.testudo.agent.view;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Builds a view in the mount namespace of the calling thread, and makes it the thread's root.
final class ViewBuilder {
  /// Directories under which a view can be built. Every Linux has one of them. For the building
  /// thread the directory is hidden meanwhile, so nothing in it can be shown.
  private static final List<String> WORKSHOPS =
      List.of("/mnt", "/media", "/srv", "/opt", "/boot", "/home", "/run", "/tmp");

  private static final long WORKSHOP_BYTES = 1 << 20;
  private static final int WORKSHOP_INODES = 1000;
  private static final int OPEN = 0755;

  private final Base base;
  private final ViewPlan plan;
  private final UserIds user;
  private final Path view;
  private final Path content;
  private final Masks masks;

  private ViewBuilder(Base base, ViewPlan plan, UserIds user, Path workshop) throws IOException {
    this.base = base;
    this.plan = plan;
    this.user = user;
    view = Files.createDirectory(workshop.resolve("view"));
    content = Files.createDirectory(workshop.resolve("content"));
    masks = new Masks(workshop);
  }

  static void build(Base base, ViewPlan plan, UserIds user) throws IOException {
    var workshop = workshop(base);
    Mounts.tmpfs(workshop, WORKSHOP_BYTES, WORKSHOP_INODES);
    new ViewBuilder(base, plan, user, workshop).build(workshop);
  }

  /// Returns a directory of the machine that can be hidden while something is built.
  static Path workshop(Base base) throws ViewException {
    for (var candidate : WORKSHOPS) {
      var path = Path.of(candidate);
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
          && base.parts().stream().noneMatch(part -> part.source().startsWith(path))
          && base.hidden().stream().noneMatch(hidden -> hidden.startsWith(path))) {
        return path;
      }
    }
    throw new ViewException(
        "each of %s is missing, or contains something to show or the image".formatted(WORKSHOPS));
  }

  private void build(Path workshop) throws IOException {
    var files = new MemoryFiles(user);
    Mounts.ramfs(view);
    files.writeInto(view, "/", plan.root());
    var contents = writeContents(files);
    var kernel = new KernelMounts(view, masks);
    kernel.devices();
    memory();
    parts();
    kernel.processes();
    mirrors();
    links();
    for (var i = 0; i < contents.size(); i++) {
      show(contents.get(i), within(plan.mounts().get(i).top().path()));
    }
    hide();
    Mounts.makeReadOnly(view);
    Mounts.makeReadOnly(workshop);
    attach();
    Mounts.replaceRoot(view);
  }

  /// Writes the files that are mounted elsewhere into one ramfs, which is read-only at all
  /// its mounts.
  private List<Path> writeContents(MemoryFiles files) throws IOException {
    Mounts.ramfs(content);
    var written = new ArrayList<Path>();
    for (var mount : plan.mounts()) {
      var place = content.resolve(Integer.toString(written.size()));
      files.write(mount, place);
      written.add(place);
    }
    Mounts.makeReadOnly(content);
    return written;
  }

  private void memory() throws IOException {
    for (var memory : Memory.ALL) {
      Mounts.tmpfs(within(memory.path()), user, memory.mode(), memory.bytes(), Memory.INODES);
    }
  }

  private void parts() throws IOException {
    for (var part : base.parts()) {
      var place = within(part.path());
      makeMountPoint(part.source(), place);
      Mounts.bind(part.source(), place);
      if (part.writable()) {
        Mounts.makeData(place);
      } else {
        Mounts.makeHarmless(place);
      }
    }
  }

  private void mirrors() throws IOException {
    for (var directory : plan.mirrored()) {
      var part = base.partOf(directory).orElseThrow();
      Mirror.of(part.sourceOf(directory), within(directory), plan.linksIn(directory));
    }
  }

  /// Creates the links in directories in memory. A mirror creates its own.
  private void links() throws IOException {
    for (var link : plan.links()) {
      if (!plan.mirrored().contains(Paths.parent(link.path()))) {
        Files.createSymbolicLink(within(link.path()), Path.of(link.target()));
      }
    }
  }

  private void show(Path shown, Path place) throws IOException {
    makeMountPoint(shown, place);
    Mounts.bind(shown, place);
  }

  private static void makeMountPoint(Path shown, Path place) throws IOException {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(shown)) {
      makeFolders(place);
    } else {
      makeFolders(Objects.requireNonNull(place.getParent()));
      Files.createFile(place);
    }
  }

  private static void makeFolders(Path place) throws IOException {
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      makeFolders(Objects.requireNonNull(place.getParent()));
      Files.createDirectory(place);
      Files.setAttribute(place, "unix:mode", OPEN);
    }
  }

  private void hide() throws IOException {
    for (var directory : plan.mirrored()) {
      Mounts.makeHarmless(within(directory));
    }
    for (var hidden : base.hidden()) {
      for (var part : base.parts()) {
        if (hidden.startsWith(part.source())) {
          var below = part.source().relativize(hidden).toString();
          masks.hide(below.isEmpty() ? within(part.path()) : within(part.path()).resolve(below));
        }
      }
    }
  }

  /// Attaches the placed mounts. This comes last, because they may be writable, while everything
  /// before is made read-only.
  private void attach() throws IOException {
    for (var mount : plan.last()) {
      var place = within(mount.path());
      mount.mounting().at(place);
      Mounts.makeData(place);
    }
  }

  private Path within(String path) {
    return path.equals("/") ? view : view.resolve(path.substring(1));
  }
}
