package dev.testudo.shield.tls;

import io.netty.internal.tcnative.Library;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Loads BoringSSL's native library, once per process and only from `java.library.path`. The
/// launcher sets that to its own `lib`, so nothing is unpacked into a directory that others
/// can write.
final class BoringNative {
  private static final Optional<String> PROBLEM = load();

  private BoringNative() {}

  /// Returns why the library could not be loaded, or empty if it was.
  static Optional<String> problem() {
    return PROBLEM;
  }

  private static Optional<String> load() {
    var name =
        switch (System.getProperty("os.arch")) {
          case "amd64" -> "netty_tcnative_linux_x86_64";
          case "aarch64" -> "netty_tcnative_linux_aarch_64";
          case String other -> "netty_tcnative_linux_" + other;
          case null -> "netty_tcnative";
        };
    try {
      return Library.initialize(name, null)
          ? Optional.empty()
          : Optional.of("its library cannot be initialised");
    } catch (Exception | LinkageError e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Returns the address of a direct buffer's first byte, regardless of its position.
  static long address(ByteBuffer buffer) {
    return io.netty.internal.tcnative.Buffer.address(buffer);
  }
}
