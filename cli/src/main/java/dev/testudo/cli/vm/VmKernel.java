package dev.testudo.cli.vm;

import dev.testudo.cli.exit.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The kernel for a VM image, and where it is from.
public final class VmKernel {
  private static final Path BOOT = Path.of("/boot");
  private static final String NAME = "vmlinuz-";
  private static final String FOR_CLOUDS = "cloud";

  private final GuestKernel guest;
  private final PinnedFile.Content file;
  private final List<String> lacking;

  private VmKernel(GuestKernel guest, PinnedFile.Content file, List<String> lacking) {
    this.guest = guest;
    this.file = file;
    this.lacking = lacking;
  }

  /// Reads a kernel.
  ///
  /// @param given a package of Debian, or a kernel; if absent, the newest kernel for clouds in
  ///     `/boot`
  /// @param modules the folder with the modules of a kernel that is no package
  public static VmKernel read(Optional<String> given, Optional<Path> modules)
      throws IOException, CommandFailed {
    var text = given.isPresent() ? given.get() : installed().toString();
    var file = PinnedFile.parse(text).read(DebianPackage.PACKAGE_BYTES);
    var folder = modules;
    if (given.isEmpty() && modules.isEmpty()) {
      var release = file.path().getFileName().toString().substring(NAME.length());
      folder = Optional.of(Path.of("/lib/modules", release));
    }
    var files = KernelBuild.read(file, folder);
    return new VmKernel(GuestKernel.of(files), file, GuestKernel.withoutEvidence(files));
  }

  private static Path installed() throws IOException, CommandFailed {
    if (Files.isDirectory(BOOT)) {
      try (var all = Files.list(BOOT)) {
        var newest =
            all.filter(path -> path.getFileName().toString().startsWith(NAME))
                .filter(path -> path.toString().contains(FOR_CLOUDS))
                .max(VmKernel::byVersion);
        if (newest.isPresent()) {
          return newest.get();
        }
      }
    }
    throw CommandFailed.usage(
        "no kernel for cloud machines is installed in /boot; name one with `--kernel`, such as a"
            + " package that `apt-get download linux-image-6.12.…-cloud-amd64` gets");
  }

  /// Compares versions by their numbers.
  private static int byVersion(Path one, Path other) {
    var numbers = one.getFileName().toString().split("[^0-9]+");
    var others = other.getFileName().toString().split("[^0-9]+");
    for (var i = 0; i < Math.min(numbers.length, others.length); i++) {
      var a = numbers[i].isEmpty() ? 0 : Long.parseLong(numbers[i]);
      var b = others[i].isEmpty() ? 0 : Long.parseLong(others[i]);
      if (a != b) {
        return Long.compare(a, b);
      }
    }
    return Integer.compare(numbers.length, others.length);
  }

  GuestKernel guest() {
    return guest;
  }

  /// Returns the file that was read.
  public PinnedFile.Content file() {
    return file;
  }

  /// Returns what `uname -r` prints in the machine.
  public String release() {
    return guest.release();
  }

  /// Returns the modules without which the machine has no hardware evidence.
  public List<String> lacking() {
    return lacking;
  }
}
