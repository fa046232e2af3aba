package dev.testudo.linux.mount;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.sys.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The files with which root controls the kernel: settings below `/proc/sys`, devices and modules
/// below `/sys`, control groups. Many require no capability, only root's user id. Through some, the
/// kernel itself runs programs (`kernel.core_pattern`, core(5)) or accesses the network, outside
/// any filter of the process that wrote them.
public final class KernelFiles {
  /// One path of each kind that every kernel has, as a sample of whether the rest is writable.
  private static final List<Path> SAMPLES =
      List.of(Path.of("/proc/sys/kernel/hostname"), Path.of("/sys/kernel"));

  /// The entries of procfs that belong to the kernel as a whole, not to processes.
  private static final List<String> OF_PROC =
      List.of("sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "mtrr");

  /// File systems that consist of such files only.
  private static final Set<String> WHOLLY =
      Set.of(
          "sysfs",
          "binfmt_misc",
          "cgroup",
          "cgroup2",
          "configfs",
          "debugfs",
          "efivarfs",
          "nfsd",
          "securityfs",
          "selinuxfs",
          "tracefs");

  private KernelFiles() {}

  /// Returns whether this process may write them: it runs as root, and they are not
  /// mounted read-only.
  public static boolean areWritable() {
    return SAMPLES.stream().anyMatch(Files::isWritable);
  }

  /// Makes them read-only wherever they are mounted, for the calling thread and what it starts. The
  /// thread must be a platform thread. It gets a mount namespace of its own, which receives later
  /// mounts from the present one.
  ///
  /// @throws ErrnoException EPERM without CAP_SYS_ADMIN in the thread's user namespace
  public static void makeReadOnly() throws IOException {
    Mounts.unshareFollowing();
    for (var mount : mounts().entrySet()) {
      var place = Path.of(mount.getKey());
      var shown = mount.getValue();
      if (shown.isWholeProc()) {
        makeProcReadOnly(place);
      } else if (shown.isOfKernel()) {
        Mounts.makeTreeReadOnly(place);
      }
    }
  }

  private static void makeProcReadOnly(Path proc) throws ErrnoException {
    for (var name : OF_PROC) {
      var place = proc.resolve(name);
      if (Files.exists(place)) {
        Mounts.bind(place, place);
        Mounts.makeTreeReadOnly(place);
      }
    }
  }

  /// A mount: a file system of this type, from the directory `root` within it.
  private record Shown(String type, String root) {
    boolean isWholeProc() {
      return type.equals("proc") && root.equals("/");
    }

    boolean isOfKernel() {
      return WHOLLY.contains(type)
          || (type.equals("proc") && OF_PROC.contains(root.split("/", -1)[1]));
    }
  }

  /// Returns the mounts by mount point. If several have the same mount point, the last one is
  /// visible (proc_pid_mountinfo(5)).
  private static Map<String, Shown> mounts() throws IOException {
    var shown = new LinkedHashMap<String, Shown>();
    for (var line : Files.readAllLines(Path.of("/proc/thread-self/mountinfo"), UTF_8)) {
      var words = List.of(line.split(" "));
      shown.put(place(words.get(4)), new Shown(words.get(words.indexOf("-") + 1), words.get(3)));
    }
    return shown;
  }

  /// Decodes a mount point. Spaces and the like are encoded as three octal digits.
  private static String place(String word) {
    return word.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
