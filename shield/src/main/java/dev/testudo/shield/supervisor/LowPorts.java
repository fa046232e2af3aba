package dev.testudo.shield.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which ports need a capability (`net.ipv4.ip_unprivileged_port_start`).
final class LowPorts {
  /// The first port that anybody may bind; 1024 where the kernel does not say.
  static final int FIRST_FREE = read();

  private LowPorts() {}

  private static int read() {
    try {
      var text = Files.readString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"));
      return Integer.parseInt(text.trim());
    } catch (IOException | NumberFormatException e) {
      return 1024;
    }
  }
}
