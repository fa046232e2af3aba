package dev.testudo.policy.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Whose agreement an entry of an access policy requires, with the keys behind the entries. A key
/// counts once in each list, however often the list names it.
public sealed interface Party {
  /// The entry in the words of the policy, without PEM.
  String entry();

  /// Returns those of `keys` by whose agreement this entry is met; empty if it is not met.
  Set<String> supporters(Set<String> keys);

  /// Returns the hashes of all keys that are named.
  default Set<String> keys() {
    return switch (this) {
      case One(_, var key) -> key.map(Set::of).orElse(Set.of());
      case Several(_, _, var members) -> {
        var all = new TreeSet<String>();
        members.forEach(member -> all.addAll(member.keys()));
        yield all;
      }
    };
  }

  /// An entry that one key meets.
  ///
  /// @param key the hash of the key; empty if the entry names nobody
  record One(String entry, Optional<String> key) implements Party {
    @Override
    public Set<String> supporters(Set<String> keys) {
      return key.filter(keys::contains).map(Set::of).orElse(Set.of());
    }
  }

  /// A list of which `needed` entries must be met, each by a key of its own.
  record Several(String entry, int needed, List<Party> members) implements Party {
    public Several {
      members = List.copyOf(members);
    }

    @Override
    public Set<String> supporters(Set<String> keys) {
      var all = new TreeSet<String>();
      members.forEach(member -> all.addAll(member.supporters(keys)));
      return agreed(keys) >= needed ? all : Set.of();
    }

    /// Returns the number of entries that count: those that are met, as far as there is a different
    /// key for each of them.
    public int agreed(Set<String> keys) {
      var counted = new HashMap<String, Integer>();
      var supporters = new ArrayList<Set<String>>();
      for (var member : members) {
        supporters.add(member.supporters(keys));
        place(supporters.size() - 1, supporters, counted, new HashSet<>());
      }
      return counted.size();
    }

    /// Gives a member a key that no other member has, moving others to their other keys if need be
    /// (the augmenting paths of bipartite matching).
    private static boolean place(
        int member, List<Set<String>> supporters, Map<String, Integer> counted, Set<String> tried) {
      for (var key : supporters.get(member)) {
        if (tried.add(key)) {
          var holder = counted.get(key);
          if (holder == null || place(holder, supporters, counted, tried)) {
            counted.put(key, member);
            return true;
          }
        }
      }
      return false;
    }
  }
}
