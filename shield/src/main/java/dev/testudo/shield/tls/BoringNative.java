package dev.testudo.shield.tls;

import io.netty.internal.tcnative.Library;
import java.nio.ByteBuffer;
import java.util.Optional;

/// BoringSSL's native library, loaded once per process and only from `java.library.path`, which the
/// launcher sets to its own `lib`: nothing is unpacked into a folder that others can write.
final class BoringNative {
  private static final Optional<String> PROBLEM = load();

  private BoringNative() {}

  /// Empty when the library is loaded; else why it is not.
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
          : Optional.of("its library does not initialize");
    } catch (Exception | LinkageError e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Where the bytes of a direct buffer begin, its position not counted.
  static long address(ByteBuffer buffer) {
    return io.netty.internal.tcnative.Buffer.address(buffer);
  }
}
