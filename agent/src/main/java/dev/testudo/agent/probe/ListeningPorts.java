package dev.testudo.agent.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The TCP ports at which something in this network namespace listens (proc_net_tcp of the kernel's
/// documentation).
final class ListeningPorts {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

  private static final String LISTEN = "0A";
  private static final int HEX = 16;

  private ListeningPorts() {}

  /// Returns those of `wanted` at which something listens.
  static Set<Integer> among(List<Integer> wanted) throws IOException {
    var found = new HashSet<Integer>();
    for (var table : TABLES) {
      if (Files.exists(table) && !found.containsAll(wanted)) {
        read(table, found);
      }
    }
    found.retainAll(wanted);
    return found;
  }

  /// Adds the ports of one table. The kernel lists what listens first, so connections, of which
  /// there may be many, are not read.
  private static void read(Path table, Set<Integer> found) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(table)) {
      in.readLine(); // the heading
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        var fields = line.strip().split(" +", 5);
        if (fields.length < 5 || !fields[3].equals(LISTEN)) {
          return;
        }
        found.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), HEX));
      }
    }
  }
}
