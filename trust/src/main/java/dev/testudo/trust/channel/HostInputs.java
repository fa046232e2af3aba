package dev.testudo.trust.channel;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a program gets from the host that starts its agent. Nobody vouches for these values.
///
/// @param arguments the number of the host's argument, from 1, by the position in the command line
///     that it takes, from 1
/// @param variables the names of the environment variables whose values the host gives
public record HostInputs(Map<Integer, Integer> arguments, List<String> variables) {
  /// For a program that gets nothing from the host.
  public static final HostInputs NONE = new HostInputs(Map.of(), List.of());

  /// Copies the collections.
  public HostInputs {
    arguments = new TreeMap<>(arguments);
    variables = List.copyOf(variables);
  }

  /// Returns true if a command line of `words` words can be filled in this way.
  boolean suit(int words) {
    return new HashSet<>(arguments.values()).size() == arguments.size()
        && arguments.keySet().stream().allMatch(at -> at > 0 && at < words)
        && arguments.values().stream().allMatch(number -> number > 0);
  }
}
