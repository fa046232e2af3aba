package dev.testudo.policy.shield;

/// The address at which a program accepts connections.
public sealed interface Listen {
  /// A TCP port on any address.
  record Tcp(int port) implements Listen {
    @Override
    public String toString() {
      return "TCP:" + port;
    }
  }

  /// A Unix stream socket with exactly this path.
  record UnixPath(String path) implements Listen {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }
}
