package dev.testudo.image.build.sandbox;

import dev.testudo.image.tar.Owner;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which users and groups of this machine are those of a sandbox (user_namespaces(7)).
///
/// @param users the users; empty if the sandbox has no user namespace, because root makes it
/// @param groups the groups
public record IdMapping(List<Range> users, List<Range> groups) {
  private static final int MAX_RANGES = 300;

  /// Copies the lists.
  public IdMapping {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
  }

  /// Ids of the sandbox and of this machine.
  ///
  /// @param inside the first id in the sandbox
  /// @param outside the first id on this machine
  /// @param size how many they are
  public record Range(long inside, long outside, long size) {}

  /// Returns the mapping of the user of this process: none for root. Otherwise, the user becomes
  /// root, and the subordinate ids of the user (subuid(5)) the other ids, if the programs exist
  /// that the kernel permits to set them.
  ///
  /// @param name the name of the user
  /// @param path where programs are looked for
  public static IdMapping ofThisUser(String name, String path) throws IOException {
    var user = Owned.user();
    if (user == 0) {
      return new IdMapping(List.of(), List.of());
    }
    var helpers = Programs.find(path, "newuidmap").isPresent();
    helpers &= Programs.find(path, "newgidmap").isPresent();
    var users = subordinate(Path.of("/etc/subuid"), name, user, helpers);
    var groups = subordinate(Path.of("/etc/subgid"), name, user, helpers);
    var both = !users.isEmpty() && !groups.isEmpty();
    return new IdMapping(
        ranges(user, both ? users : List.of()), ranges(group(), both ? groups : List.of()));
  }

  private static long group() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Gid:")) {
        return Long.parseLong(line.split("\\s+")[2]);
      }
    }
    throw new IOException("/proc/self/status has no group id");
  }

  /// Returns the ranges of a file as subuid(5) describes it. Malformed lines are those of others.
  private static List<Range> subordinate(Path file, String name, long user, boolean helpers)
      throws IOException {
    var ranges = new ArrayList<Range>();
    try {
      for (var line : helpers ? Files.readAllLines(file) : List.<String>of()) {
        var parts = line.strip().split(":");
        var own = parts[0].equals(name) || parts[0].equals(Long.toString(user));
        if (own && parts.length == 3 && isId(parts[1]) && isId(parts[2])) {
          ranges.add(new Range(0, Long.parseLong(parts[1]), Long.parseLong(parts[2])));
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return ranges.size() > MAX_RANGES ? ranges.subList(0, MAX_RANGES) : ranges;
  }

  private static boolean isId(String text) {
    return text.matches("[0-9]{1,10}") && Long.parseLong(text) <= Owner.MAX_ID + 1;
  }

  private static List<Range> ranges(long root, List<Range> subordinate) {
    var ranges = new ArrayList<>(List.of(new Range(0, root, 1)));
    var next = 1L;
    for (var range : subordinate) {
      ranges.add(new Range(next, range.outside(), range.size()));
      next += range.size();
    }
    return ranges;
  }

  /// Returns whether the sandbox has a user namespace.
  public boolean isNamespace() {
    return !users.isEmpty();
  }

  /// Returns whether the sandbox has only root.
  public boolean isOnlyRoot() {
    return users.size() == 1;
  }

  /// Returns whether files of the sandbox can belong to `owner`.
  public boolean covers(Owner owner) {
    return covers(users, owner.uid()) && covers(groups, owner.gid());
  }

  private static boolean covers(List<Range> ranges, long id) {
    return ranges.isEmpty()
        || ranges.stream().anyMatch(one -> id >= one.inside() && id < one.inside() + one.size());
  }
}
