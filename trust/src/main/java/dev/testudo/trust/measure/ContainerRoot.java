package dev.testudo.trust.measure;

import java.util.List;

/// The root of a container, as a container runtime sets it up from an image.
public final class ContainerRoot {
  /// The folder of the image that contains `image.json` and the agent. It is not part of the tree
  /// that is measured as the image; the agent in it is measured as the machine's part.
  public static final String AGENT = "/.testudo";

  /// What container runtimes create, replace or mount, and what belongs to the kernel. Neither
  /// these paths nor anything below them is measured, and no program may come from there.
  public static final List<String> OF_RUNTIME =
      List.of(
          "/.dockerenv",
          "/dev",
          "/etc/hostname",
          "/etc/hosts",
          "/etc/mtab",
          "/etc/resolv.conf",
          "/proc",
          "/run",
          "/sys",
          "/tmp",
          "/var/tmp");

  /// The most files, directories and links that are measured.
  public static final int MAX_ENTRIES = 262_144;

  /// The most folders above a measured entry.
  public static final int MAX_DEPTH = 64;

  private ContainerRoot() {}
}
