package dev.testudo.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.exit.CommandFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceUsersTest {
  private static final UsedIds NONE = used(_ -> false);

  @TempDir private Path folder;
  private final Random random = new Random(1);

  /// Returns ids of which the given ones stay in use.
  private static UsedIds used(IntPredicate used) {
    return new UsedIds() {
      @Override
      public boolean anyFrom(int first, int count) {
        return used.test(first);
      }

      @Override
      public boolean awaitNoneFrom(int first, int count) {
        return !used.test(first);
      }
    };
  }

  private ServiceUsers users(String file, UsedIds used, String... services) throws Exception {
    return ServiceUsers.of(folder.resolve(file), List.of(services), random, used);
  }

  @Test
  void casAndEveryServiceAreDifferentUsers() throws Exception {
    var users = users("a", NONE, "api", "redis");
    var ids = Set.of(users.cas(), users.of("api"), users.of("redis"));
    assertEquals(3, ids.size());
    ids.forEach(id -> assertTrue(id >= ServiceUsers.FIRST && id < 0x7fe0_0000));
  }

  @Test
  void aBlockWhoseIdsAreForOthersIsNotTakenFromTheFile() throws Exception {
    Files.writeString(folder.resolve("a"), "{\"first\":%d,\"services\":{}}".formatted(0x7fe0_0000));
    assertTrue(users("a", NONE, "api").of("api") < 0x7fe0_0000);
  }

  @Test
  void aServiceIsTheSameUserInEveryRun() throws Exception {
    var before = users("a", NONE, "api", "redis");
    var after = users("a", NONE, "new", "redis");
    assertEquals(before.cas(), after.cas());
    assertEquals(before.of("redis"), after.of("redis"));
    assertNotEquals(before.of("api"), after.of("new"), "what was the other's stays so");
  }

  @Test
  void twoMeshesShareNoUser() throws Exception {
    var one = users("a", NONE, "api");
    var other = users("b", NONE, "api");
    var all = Stream.of(one, other).flatMap(u -> Stream.of(u.cas(), u.of("api")));
    assertEquals(4, all.collect(Collectors.toSet()).size());
  }

  @Test
  void aBlockInWhichSomebodyRunsIsNotUsed() throws Exception {
    var first = users("a", NONE, "api").cas();
    var now = users("a", used(block -> block == first), "api");
    assertNotEquals(first, now.cas());
    assertEquals(now.cas(), users("a", NONE, "api").cas(), "and that is kept");
  }

  @Test
  void whereEveryBlockIsUsedNothingIsStarted() {
    assertThrows(CommandFailed.class, () -> users("a", used(_ -> true), "api"));
  }

  @Test
  void aSpoiltFileIsMadeAnew() throws Exception {
    Files.writeString(folder.resolve("a"), "{");
    assertTrue(users("a", NONE, "api").cas() >= ServiceUsers.FIRST);
  }
}
