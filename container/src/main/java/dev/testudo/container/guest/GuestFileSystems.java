package dev.testudo.container.guest;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.measure.ImageDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The file systems of a virtual machine besides its root.
final class GuestFileSystems {
  private static final int PERMISSIONS = 07777;
  private static final int FOR_ALL = 01777;
  private static final int OWN_ONLY = 0755;

  /// As for containers: half of the memory for all files of one folder, and this many files.
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
  /// image leaves unmeasured. A volume is mounted over its folder later.
  static void mountMemory(ImageDescription image) throws IOException {
    Files.createDirectories(Path.of("/dev/shm"));
    for (var folder : List.of("/dev/shm", "/tmp", "/var/tmp")) {
      mount(Path.of(folder), FOR_ALL);
    }
    mount(Path.of("/run"), OWN_ONLY);
    for (var path : image.hostPaths()) {
      if (Files.isDirectory(path)) {
        mount(
            path,
            new UserIds(attribute(path, "uid"), attribute(path, "gid")),
            attribute(path, "mode") & PERMISSIONS);
      }
    }
  }

  private static int attribute(Path path, String name) throws IOException {
    return Files.getAttribute(path, "unix:" + name) instanceof Integer number ? number : 0;
  }

  private static void mount(Path folder, int mode) throws IOException {
    if (Files.isDirectory(folder)) {
      mount(folder, new UserIds(0, 0), mode);
    }
  }

  private static void mount(Path folder, UserIds owner, int mode) throws IOException {
    Mounts.tmpfs(folder, owner, mode, memory() / 2, INODES);
  }

  private static long memory() throws IOException {
    var line = Files.readAllLines(Path.of("/proc/meminfo")).getFirst();
    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
  }
}
