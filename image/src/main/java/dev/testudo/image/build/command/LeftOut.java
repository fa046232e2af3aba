package dev.testudo.image.build.command;

import java.util.List;

/// Logs and caches of package managers. What commands write there depends on the time of the build
/// and serves no program, so it is not part of the layer. What the base has there stays.
final class LeftOut {
  private static final List<String> DIRECTORIES =
      List.of(
          "/var/lib/apt/lists/",
          "/var/cache/apt/",
          "/var/cache/debconf/",
          "/var/cache/ldconfig/",
          "/var/cache/apk/",
          "/var/cache/dnf/",
          "/var/cache/yum/",
          "/var/log/apt/",
          "/var/log/dnf");

  private static final List<String> FILES =
      List.of(
          "/var/log/dpkg.log",
          "/var/log/alternatives.log",
          "/var/log/bootstrap.log",
          "/var/log/yum.log",
          "/var/lib/dpkg/available-old",
          "/var/lib/dpkg/diversions-old",
          "/var/lib/dpkg/status-old",
          "/var/lib/dpkg/statoverride-old");

  private LeftOut() {}

  static boolean isLeftOut(String path) {
    return FILES.contains(path) || DIRECTORIES.stream().anyMatch(path::startsWith);
  }
}
