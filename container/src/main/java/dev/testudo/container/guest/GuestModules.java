package dev.testudo.container.guest;

import dev.testudo.linux.machine.KernelModules;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The kernel modules in an initrd. The file `modules` has their names in the order in which they
/// are loaded, one in a line.
///
/// @param folder where `modules` and the modules are
record GuestModules(Path folder) {
  /// Loads all modules. A module for a device that the machine lacks is left out by the kernel.
  void load() throws IOException {
    for (var name : Files.readAllLines(folder.resolve("modules"))) {
      try {
        KernelModules.load(folder.resolve(name + ".ko"));
      } catch (ErrnoException e) {
        if (e.errno() != Errno.ENODEV) {
          throw e;
        }
      }
    }
  }
}
