package dev.testudo.trust.http;

/// Tells whether a host is this machine.
public final class LoopbackHost {
  private LoopbackHost() {}

  /// Returns true if `host`, a name or an address without port, is `localhost`, in 127.0.0.0/8, or
  /// `[::1]`.
  public static boolean is(String host) {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }
}
