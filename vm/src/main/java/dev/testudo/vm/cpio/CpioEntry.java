package dev.testudo.vm.cpio;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// An entry of an archive.
///
/// @param path where it is, relative to the root, such as `usr/bin/env`
/// @param permissions the lower twelve bits of `st_mode`
/// @param user its owner
/// @param group its group
/// @param modified when it was changed, in seconds since 1970
public record CpioEntry(
    String path, CpioKind kind, int permissions, long user, long group, long modified) {
  /// The most bytes of a path or of the target of a link, as in the kernel (`PATH_MAX`).
  public static final int MOST_PATH = 4095;

  /// Orders by the bytes of paths: a directory comes before what is in it.
  public static final Comparator<CpioEntry> BY_PATH = CpioEntry::byPath;

  private static final int PERMISSIONS = 07777;
  private static final long MOST_NUMBER = 0xffffffffL;
  private static final String TRAILER = "TRAILER!!!";

  /// Checks that a kernel unpacks the entry to its path and nowhere else.
  ///
  /// @throws IllegalArgumentException if it would not, or a number does not fit into 32 bits
  public CpioEntry {
    var problem = problem(path, kind);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(problem.get());
    }
    if ((permissions & ~PERMISSIONS) != 0) {
      throw new IllegalArgumentException("permissions of more than twelve bits");
    }
    for (var number : new long[] {user, group, modified}) {
      if (number < 0 || number > MOST_NUMBER) {
        throw new IllegalArgumentException("%d does not fit into 32 bits".formatted(number));
      }
    }
  }

  /// Returns what is wrong with a path and a kind.
  static Optional<String> problem(String path, CpioKind kind) {
    if (path.isEmpty() || path.equals(TRAILER) || !isName(path)) {
      return Optional.of("an entry has no path that a file can have");
    }
    for (var name : List.of(path.split("/", -1))) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        return Optional.of("the path of an entry is not relative to the root, or not plain");
      }
    }
    if (kind instanceof CpioKind.SymbolicLink(var target)
        && (target.isEmpty() || !isName(target))) {
      return Optional.of("a symbolic link has no target that a file can have");
    }
    return Optional.empty();
  }

  private static boolean isName(String text) {
    return text.indexOf('\0') < 0 && bytes(text).length <= MOST_PATH;
  }

  /// Returns the bytes of a name.
  static byte[] bytes(String name) {
    return name.getBytes(UTF_8);
  }

  /// Returns the path of the directory that it is in; empty for the root.
  public Optional<String> parent() {
    var slash = path.lastIndexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(path.substring(0, slash));
  }

  private static int byPath(CpioEntry one, CpioEntry other) {
    return Arrays.compareUnsigned(bytes(one.path), bytes(other.path));
  }
}
