package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.VolumeTag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Decides which records of the journals on the disk are the history of the volume.
final class JournalChain {
  private final List<ScannedJournal> journals;
  private final Map<String, Path> best = new HashMap<>();

  /// A part of the history.
  ///
  /// @param until the number of records of the journal that belong to it
  record Link(ScannedJournal journal, int until) {}

  /// The history.
  ///
  /// @param links the first one begins with the checkpoint to begin with
  /// @param known the sequence number up to which no record is missing
  record History(List<Link> links, long known) {}

  /// The best way on from a journal.
  private record Path(List<Link> links, long fence, long sequence, String name) {
    private static final Comparator<Path> ORDER =
        Comparator.comparingLong(Path::fence)
            .thenComparingLong(Path::sequence)
            .thenComparing(Path::name);
  }

  private JournalChain(List<ScannedJournal> journals) {
    this.journals = journals;
  }

  /// Finds the history that CAS knows the beginning of.
  ///
  /// @param journals those with at least one record, and others
  static History find(List<ScannedJournal> journals, Expected expected) throws VolumeException {
    var valid = journals.stream().filter(journal -> journal.count() > 0).toList();
    var chain = new JournalChain(valid);
    return switch (expected) {
      case Expected.New _ -> throw new IllegalArgumentException("a new volume has no history");
      case Expected.Newest _ -> chain.newest(journals);
      case Expected.Position(var position) -> chain.from(position, journals);
      case Expected.State(var tag) -> chain.from(chain.position(tag), journals);
    };
  }

  private History newest(List<ScannedJournal> all) throws VolumeException {
    var last =
        journals.stream()
            .max(
                Comparator.comparingLong(ScannedJournal::fence)
                    .thenComparingLong(journal -> journal.last().sequence())
                    .thenComparing(ScannedJournal::name));
    if (last.isEmpty()) {
      throw damaged(all, 0);
    }
    var journal = last.get();
    return history(List.of(new Link(journal, journal.count())), journal.position(0).sequence());
  }

  /// Returns the position with this tag.
  private VolumePosition position(VolumeTag tag) throws VolumeException {
    for (var journal : journals) {
      var before = journal.head().after();
      if (before.sequence() > 0 && before.tag().equals(tag)) {
        return before;
      }
      for (var i = 0; i < journal.count(); i++) {
        if (journal.position(i).tag().equals(tag)) {
          return journal.position(i);
        }
      }
    }
    throw never(tag);
  }

  private static VolumeException never(VolumeTag tag) {
    return VolumeException.refused(
        Kind.OTHER_HISTORY,
        "the volume never had the state of tag %s, or has lost it".formatted(tag));
  }

  private History from(VolumePosition known, List<ScannedJournal> all) throws VolumeException {
    if (known.sequence() == 0) {
      throw never(known.tag()); // every volume begins after record 0
    }
    Optional<ScannedJournal> base =
        journals.stream()
            .filter(journal -> journal.find(known) >= -1)
            .max(Comparator.comparingInt(journal -> journal.find(known) >= 0 ? 1 : 0));
    if (base.isEmpty()) {
      throw refusal(known, all);
    }
    var path = best(base.get(), known.sequence());
    return history(path.links, known.sequence());
  }

  /// What records say that was acknowledged before them needs no check: slots that they made
  /// superfluous may have been used again.
  private static History history(List<Link> links, long known) {
    long most = links.stream().mapToLong(link -> link.journal().known()).max().orElse(0);
    return new History(links, Math.max(known, most));
  }

  /// Returns the best way from a journal on, which takes at least its records up to `sequence`.
  private Path best(ScannedJournal journal, long sequence) {
    var known = best.get(journal.name());
    if (known != null) {
      return known;
    }
    var result =
        new Path(
            List.of(new Link(journal, journal.count())),
            journal.fence(),
            journal.last().sequence(),
            journal.name());
    for (var next : journals) {
      int at = journal.find(next.head().after());
      if (next != journal && at >= 0 && next.head().after().sequence() >= sequence) {
        var further = best(next, sequence);
        var links = new ArrayList<Link>();
        links.add(new Link(journal, at + 1));
        links.addAll(further.links);
        var other = new Path(links, further.fence, further.sequence, further.name);
        result = Path.ORDER.compare(other, result) > 0 ? other : result;
      }
    }
    best.put(journal.name(), result);
    return result;
  }

  private static VolumeException refusal(VolumePosition known, List<ScannedJournal> all) {
    long newest = 0;
    for (var journal : all) {
      newest = Math.max(newest, journal.last().sequence());
      boolean has =
          journal.head().after().sequence() < known.sequence()
              && journal.last().sequence() >= known.sequence();
      if (has && journal.count() > 0) {
        return VolumeException.refused(
            Kind.OTHER_HISTORY,
            "the volume has another history than the one of tag %s: record %d has another tag"
                .formatted(known.tag(), known.sequence()));
      }
    }
    boolean torn = all.stream().anyMatch(journal -> covers(journal, known));
    if (torn || newest >= known.sequence()) {
      return damaged(all, known.sequence());
    }
    return VolumeException.refused(
        Kind.ROLLED_BACK,
        "the volume is older than the state of tag %s: it ends at record %d, and CAS has seen %d"
            .formatted(known.tag(), newest, known.sequence()));
  }

  /// Returns whether the record must have been in a journal, of which only a part is valid.
  private static boolean covers(ScannedJournal journal, VolumePosition known) {
    return journal.endsInRubbish()
        && journal.head().after().sequence() < known.sequence()
        && journal.last().sequence() < known.sequence();
  }

  private static VolumeException damaged(List<ScannedJournal> all, long sequence) {
    for (var journal : all) {
      if (journal.endsInRubbish()) {
        return VolumeException.damaged(
            journal.name(),
            "the record after %d is not what was written".formatted(journal.last().sequence()));
      }
    }
    return VolumeException.damaged("journal", "record %d is missing".formatted(sequence));
  }
}
