package dev.testudo.cli.up;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// The user ids for the programs of a mesh when `up` runs as root: one for CAS and one for each
/// service. These users own nothing on the machine. The ids of a mesh are a block, chosen at random
/// and kept in the state, so that a service has the same id in every run. A block is not used if
/// foreign processes run in it; processes of a killed run first get some time to end.
final class ServiceUsers {
  /// The first id of the first block. systemd lists the ids from here to 2^31 as unused.
  static final int FIRST = 0x7000_0000;

  /// The number of ids per mesh.
  static final int BLOCK = 1024;

  /// The number of blocks. Ids from 0x7fe00000 on are for services that are started without `up`.
  private static final int BLOCKS = (0x7fe0_0000 - FIRST) / BLOCK;

  private static final int LAST = FIRST + BLOCKS * BLOCK - 1;

  private static final int TRIES = 100;
  private static final int LONGEST = 1 << 20;

  private final int first;
  private final Map<String, Integer> numbers;

  private ServiceUsers(int first, Map<String, Integer> numbers) {
    this.first = first;
    this.numbers = numbers;
  }

  /// Returns the ids of `services`, stored in `file`. Services that no longer exist lose theirs
  /// when the block is full.
  ///
  /// @throws CommandFailed if no block is free
  static ServiceUsers of(Path file, List<String> services, RandomGenerator random, UsedIds used)
      throws IOException, CommandFailed, InterruptedException {
    var kept = read(file);
    var numbers = new LinkedHashMap<>(kept.numbers);
    for (var service : services) {
      if (!numbers.containsKey(service)) {
        numbers.put(service, freeNumber(numbers, services));
      }
    }
    var users = new ServiceUsers(freeBlock(kept.first, random, used), numbers);
    users.write(file);
    return users;
  }

  /// Returns true if `user` is in the range used for programs of meshes, of this one or another.
  static boolean isOne(long user) {
    return user >= FIRST && user <= LAST;
  }

  /// Returns the user and group id of CAS.
  int cas() {
    return first;
  }

  /// Returns the user and group id of a service.
  int of(String service) {
    return first + Objects.requireNonNull(numbers.get(service), service);
  }

  private static int freeNumber(Map<String, Integer> numbers, List<String> services) {
    if (numbers.size() == BLOCK - 1) {
      numbers.keySet().retainAll(services);
    }
    return IntStream.range(1, BLOCK)
        .filter(number -> !numbers.containsValue(number))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a mesh has fewer services"));
  }

  private static int freeBlock(int kept, RandomGenerator random, UsedIds used)
      throws IOException, CommandFailed, InterruptedException {
    if (kept >= FIRST && used.awaitNoneFrom(kept, BLOCK)) {
      return kept;
    }
    for (var i = 0; i < TRIES; i++) {
      var block = FIRST + random.nextInt(BLOCKS) * BLOCK;
      if (!used.anyFrom(block, BLOCK)) {
        return block;
      }
    }
    throw CommandFailed.environment(
        "found no unused user ids from %d on: processes run in every block that was tried"
            .formatted(FIRST));
  }

  /// Reads the stored ids. A file that cannot be parsed counts as missing, since any
  /// unused ids will do.
  private static ServiceUsers read(Path file) throws IOException {
    try {
      var fields = JsonMembers.read(Files.readAllBytes(file), LONGEST, "users.json");
      var first = (int) fields.number("first", FIRST, LAST - BLOCK + 1);
      var numbers = new LinkedHashMap<String, Integer>();
      for (var entry : fields.textMap("services").entrySet()) {
        if (entry.getValue().matches("[0-9]{1,4}")) {
          numbers.put(entry.getKey(), Integer.valueOf(entry.getValue()));
        }
      }
      numbers.values().removeIf(number -> number < 1 || number >= BLOCK);
      return new ServiceUsers(first, numbers);
    } catch (NoSuchFileException | MessageException e) {
      return new ServiceUsers(0, Map.of());
    }
  }

  private void write(Path file) throws IOException {
    var services = new JsonBuilder();
    numbers.forEach((service, number) -> services.put(service, Integer.toString(number)));
    PrivateFiles.replace(
        file,
        Json.write(
            new JsonBuilder().put("first", first).put("services", services.build()).build()));
  }
}
