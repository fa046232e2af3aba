package dev.testudo.cas.store.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The commits of a store, which are a chain as the lines of its audit log are. The lines alone
/// would not show that a store was put back by commits that add none, such as new tags of volumes.
///
/// @param count the number of commits
/// @param recent the marks of the newest commits, oldest first. Each mark depends on the one before
///     it and on what the commit made of the store.
record Steps(long count, List<String> recent) {
  /// The marks that are kept.
  static final int KEPT = 32;

  private static final int BYTES = 8;

  /// No commit yet, or only those of an earlier version, which did not count them.
  static final Steps NONE = new Steps(0, List.of());

  Steps {
    recent = List.copyOf(recent);
  }

  /// Returns the mark of the newest commit; empty if there is none.
  String mark() {
    return recent.isEmpty() ? "" : recent.getLast();
  }

  /// Returns these commits and one more.
  ///
  /// @param content what the commit made of the store
  Steps next(String content) {
    var marks = new ArrayList<>(recent);
    marks.add(hash(mark() + "\n" + content));
    return new Steps(count + 1, marks.subList(Math.max(0, marks.size() - KEPT), marks.size()));
  }

  private static String hash(String text) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns true if a commit may be among these. One that is too long ago may; the lines of the
  /// log must show then whether it is.
  ///
  /// @param number the number of the commit; 0 if it is not known
  /// @param mark its mark
  boolean mayHave(long number, String mark) {
    if (number == 0) {
      return true;
    }
    var back = count - number;
    return back >= 0
        && (back >= recent.size() || recent.get((int) (recent.size() - 1 - back)).equals(mark));
  }

  boolean mayContinue(Steps before) {
    return mayHave(before.count, before.mark());
  }

  boolean mayContinue(AnchoredHead before) {
    return mayHave(before.commits(), before.mark());
  }

  void put(JsonBuilder json) {
    json.put("commits", count).put("marks", recent);
  }

  /// Reads what [#put] wrote. Heads before store format 6 do not have it.
  static Steps take(JsonMembers head) throws MessageException {
    return head.has("commits") ? new Steps(head.natural("commits"), head.texts("marks")) : NONE;
  }
}
