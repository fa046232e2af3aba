package dev.testudo.container.guest;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.measure.ImageDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The file systems of a virtual machine besides its root.
final class GuestFileSystems {
  private static final UserIds ROOT = new UserIds(0, 0);
  private static final int PERMISSIONS = 07777;
  private static final int FOR_ALL = 01777;
  private static final int OWN_ONLY = 0755;

  /// The most files of one folder in memory.
  private static final long INODES = 1 << 20;

  private static final Path CONFIGFS = Path.of("/sys/kernel/config");

  private static final Map<String, String> LINKS =
      Map.of(
          "/dev/fd", "/proc/self/fd",
          "/dev/stdin", "/proc/self/fd/0",
          "/dev/stdout", "/proc/self/fd/1",
          "/dev/stderr", "/proc/self/fd/2");

  private GuestFileSystems() {}

  /// Mounts what the kernel has without modules.
  static void mount() throws IOException {
    Mounts.devices(Path.of("/dev"));
    Mounts.proc(Path.of("/proc"));
    Mounts.ofKernel("sysfs", Path.of("/sys"));
    Mounts.ofKernel("securityfs", Path.of("/sys/kernel/security"));
    Mounts.devpts(Files.createDirectories(Path.of("/dev/pts")));
    for (var link : LINKS.entrySet()) {
      Files.createSymbolicLink(Path.of(link.getKey()), Path.of(link.getValue()));
    }
  }

  /// Mounts configfs, if a module has brought it. Kernels without it have no hardware evidence.
  static void mountOfModules() throws IOException {
    if (Files.isDirectory(CONFIGFS)) {
      Mounts.ofKernel("configfs", CONFIGFS);
    }
  }

  /// Mounts folders in memory where programs write: those of container runtimes, and those that the
  /// image leaves unmeasured. A volume is mounted over its folder later. All of them together hold
  /// at most half of the memory, because nobody could free what the agent needs.
  static void mountMemory(ImageDescription image) throws IOException {
    Files.createDirectories(Path.of("/dev/shm"));
    var folders = new ArrayList<MemoryFolder>();
    for (var shared : List.of("/dev/shm", "/tmp", "/var/tmp")) {
      folders.add(new MemoryFolder(Path.of(shared), ROOT, FOR_ALL));
    }
    folders.add(new MemoryFolder(Path.of("/run"), ROOT, OWN_ONLY));
    for (var path : image.hostPaths()) {
      if (Files.isDirectory(path)) {
        var owner = new UserIds(attribute(path, "uid"), attribute(path, "gid"));
        folders.add(new MemoryFolder(path, owner, attribute(path, "mode") & PERMISSIONS));
      }
    }
    var bytes = memory() / 2 / folders.size();
    for (var folder : folders) {
      if (Files.isDirectory(folder.path())) {
        Mounts.tmpfs(folder.path(), folder.owner(), folder.mode(), bytes, INODES);
      }
    }
  }

  /// A folder in memory.
  private record MemoryFolder(Path path, UserIds owner, int mode) {}

  private static int attribute(Path path, String name) throws IOException {
    return Files.getAttribute(path, "unix:" + name) instanceof Integer number ? number : 0;
  }

  private static long memory() throws IOException {
    var line = Files.readAllLines(Path.of("/proc/meminfo")).getFirst();
    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
  }
}
