package dev.testudo.cli.kata;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The container that an agent policy permits in a guest.
///
/// @param image its name with its digest, as the guest pulls it
/// @param arguments the words of its process, the program first
/// @param folders where the guest keeps folders in memory, by their paths in the container
public record GuestContainer(
    String image,
    List<String> arguments,
    GuestUser user,
    Environment environment,
    Map<String, String> folders) {
  public GuestContainer {
    arguments = List.copyOf(arguments);
    folders = Collections.unmodifiableMap(new TreeMap<>(folders));
    if (!image.matches("[^@]+@sha(256|512):[0-9a-f]+")) {
      throw new IllegalArgumentException("an image without a digest: " + image);
    }
  }

  /// The user of the process.
  ///
  /// @param groups the further groups that it may have
  public record GuestUser(long uid, long gid, List<Long> groups) {
    public GuestUser {
      groups = List.copyOf(new TreeSet<>(groups));
    }
  }

  /// The variables that the process may have.
  ///
  /// @param exact variables, `NAME=VALUE`
  /// @param patterns regular expressions (RE2) that others must match, with `^` and `$`
  public record Environment(List<String> exact, List<String> patterns) {
    public Environment {
      exact = List.copyOf(exact);
      patterns = List.copyOf(patterns);
      if (!patterns.stream().allMatch(one -> one.startsWith("^") && one.endsWith("$"))) {
        throw new IllegalArgumentException("a pattern without ends");
      }
    }
  }
}
