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

/// The places outside the cage, kept by a process of the same user as the programs, and a scratch
/// folder for each program.
final class World implements AutoCloseable {
  private final Path folder;
  private final Talk talk;
  private final Map<String, String> settings = new HashMap<>();

  /// @param binaries where the programs are
  /// @param as what runs a command as the right user
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

  /// What every program is told in its environment.
  Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  int port(String name) {
    return Integer.parseInt(settings.getOrDefault(name, ""));
  }

  /// A folder that the program may fill.
  Path scratch(EscapeProgram program) throws IOException {
    return open(Files.createTempDirectory(folder, program.name()));
  }

  /// The forbidden places that have seen anything since the last question.
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
