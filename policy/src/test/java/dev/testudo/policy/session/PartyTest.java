package dev.testudo.policy.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PartyTest {
  private static Party one(String key) {
    return new Party.One("key", Optional.of(key));
  }

  private static Party.Several atLeast(int needed, Party... members) {
    return new Party.Several("list", needed, List.of(members));
  }

  private static boolean isMet(Party party, String... keys) {
    return !party.supporters(Set.of(keys)).isEmpty();
  }

  @Test
  void aKeyThatIsNamedTwiceCountsOnce() {
    var party = atLeast(2, one("a"), one("a"), one("b"));
    assertEquals(false, isMet(party, "a"));
    assertEquals(true, isMet(party, "a", "b"));
  }

  @Test
  void anEntryThatNamesNobodyIsNeverMet() {
    assertEquals(false, isMet(new Party.One("$$SCONE::x$$", Optional.empty()), "a"));
    assertEquals(false, isMet(atLeast(1), "a"));
  }

  @Test
  void oneKeyDoesNotSpeakForTwoNestedLists() {
    var party = atLeast(2, atLeast(1, one("a"), one("b")), atLeast(1, one("a"), one("c")));
    assertEquals(false, isMet(party, "a"));
    assertEquals(true, isMet(party, "a", "b"));
    assertEquals(true, isMet(party, "a", "c"));
    assertEquals(false, isMet(party, "b"));
  }

  @Test
  void aKeyInTwoCommitteesCountsInBothIfAnotherAgreesToo() {
    var party = atLeast(2, atLeast(2, one("chair"), one("a")), atLeast(2, one("chair"), one("b")));
    assertEquals(false, isMet(party, "chair", "a"));
    assertEquals(true, isMet(party, "chair", "a", "b"));
  }

  @Test
  void strangersDoNotCount() {
    assertEquals(false, isMet(atLeast(2, one("a"), one("b")), "a", "x", "y"));
    assertEquals(
        Set.of("a", "b"), atLeast(2, one("a"), one("b")).supporters(Set.of("a", "b", "x")));
  }

  /// Compares with a count over all ways to choose, which is too slow for anything but a test.
  @Test
  void theCountIsTheMostEntriesWithAKeyOfTheirOwn() {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(9);
    for (var round = 0; round < 400; round++) {
      var lists = new Party.Several("list", 1, lists(random));
      var keys =
          Stream.of("a", "b", "c", "d")
              .filter(_ -> random.nextBoolean())
              .collect(Collectors.toSet());
      var supporters = lists.members().stream().map(member -> member.supporters(keys)).toList();
      assertEquals(most(supporters, 0, keys), lists.agreed(keys), lists + " " + keys);
    }
  }

  private static List<Party> lists(RandomGenerator random) {
    return IntStream.range(0, random.nextInt(5))
        .<Party>mapToObj(
            _ ->
                new Party.Several(
                    "list",
                    1 + random.nextInt(2),
                    IntStream.range(0, 1 + random.nextInt(3))
                        .mapToObj(_ -> one(String.valueOf((char) ('a' + random.nextInt(4)))))
                        .toList()))
        .toList();
  }

  private static int most(List<Set<String>> supporters, int from, Set<String> free) {
    if (from == supporters.size()) {
      return 0;
    }
    var best = most(supporters, from + 1, free);
    for (var key : supporters.get(from)) {
      if (free.contains(key)) {
        var rest = free.stream().filter(k -> !k.equals(key)).collect(Collectors.toSet());
        best = Math.max(best, 1 + most(supporters, from + 1, rest));
      }
    }
    return best;
  }
}
