package dev.testudo.agent.view;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// `/dev` and `/proc` of a view, like those of container runtimes. They contain devices without
/// state and the processes of the program's own PID namespace. They give no control over the kernel
/// and none of its data about others.
final class KernelMounts {
  private static final List<String> DEVICES =
      List.of("full", "null", "random", "tty", "urandom", "zero");

  /// The entries of procfs that are read-only.
  private static final List<String> READ_ONLY =
      List.of("acpi", "bus", "driver", "fs", "irq", "mtrr", "scsi", "sys", "sysrq-trigger");

  /// The entries of procfs that reveal data about the whole machine: memory, keys, timers,
  /// logs, devices.
  private static final List<String> HIDDEN =
      List.of(
          "kallsyms",
          "kcore",
          "key-users",
          "keys",
          "kmsg",
          "kpagecgroup",
          "kpagecount",
          "kpageflags",
          "latency_stats",
          "sched_debug",
          "slabinfo",
          "timer_list",
          "timer_stats",
          "vmallocinfo");

  private static final long DEVICE_BYTES = 64 << 10;
  private static final int DEVICE_INODES = 100;
  private static final int OPEN = 0755;

  private final Path view;
  private final Masks masks;

  KernelMounts(Path view, Masks masks) {
    this.view = view;
    this.masks = masks;
  }

  /// Sets up `/dev`, with directories for what is mounted in it later.
  void devices() throws IOException {
    var dev = view.resolve("dev");
    Mounts.tmpfs(dev, UserIds.own(), OPEN, DEVICE_BYTES, DEVICE_INODES);
    for (var name : DEVICES) {
      var device = Path.of("/dev", name);
      if (Files.exists(device)) {
        var place = Files.createFile(dev.resolve(name));
        Mounts.bind(device, place);
        Mounts.makeDevice(place);
      }
    }
    link(dev, "fd", "/proc/self/fd");
    link(dev, "stdin", "/proc/self/fd/0");
    link(dev, "stdout", "/proc/self/fd/1");
    link(dev, "stderr", "/proc/self/fd/2");
    link(dev, "ptmx", "pts/ptmx");
    Mounts.devpts(Files.createDirectory(dev.resolve("pts")));
    Files.createDirectory(dev.resolve("shm"));
    Mounts.makeReadOnly(dev);
  }

  private static void link(Path dev, String name, String target) throws IOException {
    Files.createSymbolicLink(dev.resolve(name), Path.of(target));
  }

  /// Mounts `/proc`.
  void processes() throws IOException {
    var proc = view.resolve("proc");
    try {
      Mounts.proc(proc);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EPERM) {
        throw e;
      }
      // A container hides parts of its own /proc: show the same parts as it does.
      Mounts.bind(Path.of("/proc"), proc);
    }
    for (var name : READ_ONLY) {
      var place = proc.resolve(name);
      if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        Mounts.bind(place, place);
        Mounts.makeHarmless(place);
      }
    }
    for (var name : HIDDEN) {
      masks.hide(proc.resolve(name));
    }
  }
}
