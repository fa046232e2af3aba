package dev.testudo.shield.escape;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The places outside the cage, served by a process of the same user as the programs, and a scratch
/// directory for each program.
final class World implements AutoCloseable {
  private final Path folder;
  private final Talk talk;
  private final Map<String, String> settings = new HashMap<>();

  /// @param binaries the directory of the programs
  /// @param as the prefix of a command to run as the right user
  World(Path binaries, List<String> as) throws IOException, InterruptedException {
    folder = Files.createTempDirectory("world");
    open(folder);
    open(Files.createDirectory(folder.resolve("permitted")));
    var command = new ArrayList<>(as);
    var unique = folder.getFileName().toString();
    command.addAll(List.of(binaries.resolve("world").toString(), folder.toString(), unique));
    talk = new Talk(new ProcessBuilder(command));
    for (var line : talk.hearUntil("ready"::equals)) {
      if (line.startsWith("set ")) {
        settings.put(line.split(" ")[1], line.split(" ")[2]);
      }
    }
    settings.put("RACE_MS", System.getProperty("escape.race.ms", "400"));
  }

  /// Returns the environment variables for every program.
  Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  int port(String name) {
    return Integer.parseInt(settings.getOrDefault(name, ""));
  }

  /// Creates a directory that the program may fill.
  Path scratch(EscapeProgram program) throws IOException {
    return open(Files.createTempDirectory(folder, program.name()));
  }

  /// Returns the forbidden places that have noticed anything since the last call.
  List<String> saw() throws IOException, InterruptedException {
    talk.say("sync");
    var seen = new TreeSet<String>();
    for (var line : talk.hearUntil("synced"::equals)) {
      if (line.startsWith("saw ")) {
        seen.add(line.substring(4));
      }
    }
    return List.copyOf(seen);
  }

  static Path open(Path path) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @Override
  public void close() throws IOException {
    talk.close();
    Folders.delete(folder);
  }
}
