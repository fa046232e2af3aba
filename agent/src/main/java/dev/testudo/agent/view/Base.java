package dev.testudo.agent.view;

import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The base of a program's view, before image and policy add their files. It contains nothing of
/// the machine but what is listed here.
///
/// @param placed directories, links and small files that are created for the view
/// @param parts files and directories of the machine, parents before children
/// @param hidden paths to hide, as in [HostParts]
record Base(List<Placed> placed, List<Part> parts, List<Path> hidden) {
  /// Programs and libraries. Most of these are links into `/usr` today.
  private static final List<String> SYSTEM =
      List.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

  /// Files from which programs read about the processors they run on.
  private static final List<String> OF_KERNEL =
      List.of(
          "/sys/devices/system/cpu",
          "/sys/devices/system/node",
          "/sys/kernel/mm/transparent_hugepage");

  /// Directories that belong to the view. Nothing of the machine can be shown in their place.
  private static final List<String> OWN =
      List.of("/", "/etc", "/var", "/var/tmp", "/run", "/tmp", "/dev", "/dev/shm", "/proc", "/sys");

  /// Directories in which everything belongs to the kernel.
  private static final List<String> KERNEL = List.of("/dev", "/proc", "/sys");

  private static final int OPEN = 0755;

  Base {
    placed = List.copyOf(placed);
    parts = List.copyOf(parts);
    hidden = List.copyOf(hidden);
  }

  /// Returns the base on this machine for a program that runs as `user`.
  ///
  /// @throws ViewException if the manifest names something that cannot be shown
  static Base of(HostParts host, UserIds user) throws IOException {
    var base = new Building(host);
    for (var folder : OWN.subList(1, OWN.size())) {
      base.placed.add(new Placed.Directory(folder, OPEN));
    }
    base.placed.add(new Placed.Link("/var/run", "/run"));
    for (var path : SYSTEM) {
      base.system(Path.of(path));
    }
    for (var path : OF_KERNEL) {
      base.readOnly(Path.of(path));
    }
    var etc = new EtcFiles(Path.of("/etc"));
    base.placed.addAll(etc.files(user));
    for (var folder : etc.folders()) {
      base.readOnly(folder);
    }
    for (var file : host.files()) {
      base.readOnly(file.toRealPath());
    }
    for (var folder : host.folders()) {
      base.named(folder);
    }
    return base.done();
  }

  /// Returns whether a mount at `path` hides no part of the machine and nothing of the kernel, such
  /// as the masks of `/proc`.
  boolean canHoldMount(String path) {
    return parts.stream().noneMatch(part -> Paths.contains(path, part.path())) && !isOfKernel(path);
  }

  private static boolean isOfKernel(String path) {
    return KERNEL.stream().anyMatch(own -> Paths.contains(own, path));
  }

  /// Returns the part that shows what is at `path`.
  Optional<Part> partOf(String path) {
    return parts.stream()
        .filter(part -> part.contains(path))
        .max(Comparator.comparingInt(part -> part.path().length()));
  }

  private static final class Building {
    private final HostParts host;
    private final List<Placed> placed = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    Building(HostParts host) {
      this.host = host;
    }

    void system(Path path) throws IOException {
      if (Files.isSymbolicLink(path)) {
        placed.add(new Placed.Link(path.toString(), Files.readSymbolicLink(path).toString()));
      } else {
        readOnly(path);
      }
    }

    void readOnly(Path path) {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        parts.add(new Part(path.toString(), path, false));
      }
    }

    /// Adds a path from the manifest. Its symbolic links are the machine's, and the target counts.
    void named(Path path) throws IOException {
      var text = path.normalize().toString();
      if (!Files.exists(path)) {
        throw new ViewException(
            ("`host_paths` names `%s`, which does not exist on this machine; create it, or remove"
                    + " it from the manifest")
                .formatted(path));
      }
      var source = path.toRealPath();
      for (var part : List.of(text, source.toString())) {
        if (!canBeShown(part)) {
          throw new ViewException(
              ("`host_paths` names `%s`, which is created for every service or belongs to the"
                      + " kernel; name a directory of your own")
                  .formatted(path));
        }
      }
      for (var secret : host.hidden()) {
        if (source.startsWith(secret)) {
          throw new ViewException(
              "`host_paths` names `%s`, which is in %s; no service may see that"
                  .formatted(path, secret));
        }
      }
      parts.add(new Part(text, source, true));
    }

    private static boolean canBeShown(String path) {
      return OWN.stream().noneMatch(own -> Paths.contains(path, own))
          && SYSTEM.stream().noneMatch(path::equals)
          && !isOfKernel(path);
    }

    Base done() {
      var needed = new ArrayList<Part>();
      parts.sort(Comparator.comparing(Part::path).thenComparing(Part::writable));
      for (var part : parts) {
        var around =
            needed.stream()
                .filter(other -> other.contains(part.path()))
                .reduce((_, inner) -> inner);
        if (around.isEmpty()) {
          foldersAbove(part.path());
        }
        if (around.isEmpty() || around.get().writable() != part.writable()) {
          needed.add(part);
        }
      }
      placed.removeIf(
          entry ->
              entry instanceof Placed.File
                  && needed.stream().anyMatch(part -> part.contains(entry.path())));
      return new Base(placed, needed, host.hidden());
    }

    private void foldersAbove(String path) {
      if (!path.equals("/") && !Memory.holds(path)) {
        var parent = Paths.parent(path);
        foldersAbove(parent);
        placed.add(new Placed.Directory(parent, OPEN));
      }
    }
  }
}
