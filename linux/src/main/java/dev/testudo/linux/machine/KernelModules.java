package dev.testudo.linux.machine;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Modules of the running kernel.
public final class KernelModules {
  private KernelModules() {}

  /// Loads a module, without parameters (finit_module(2)). What it depends on must be loaded. Does
  /// nothing if the kernel has it already.
  ///
  /// @param file an uncompressed module
  /// @throws ErrnoException ENODEV if the machine lacks the device that the module is for; EPERM
  ///     without CAP_SYS_MODULE, or if no modules may be loaded any more
  public static void load(Path file) throws ErrnoException {
    try (var module = Files.open(file.toString(), Files.O_RDONLY);
        var arena = Arena.ofConfined()) {
      var parameters = arena.allocateFrom("").address();
      var result = Native.call(SystemCall.FINIT_MODULE, module.value(), parameters, 0);
      if (result != -Errno.EEXIST) {
        Native.checked("finit_module " + file, result);
      }
    }
  }
}
