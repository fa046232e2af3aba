package dev.testudo.trust.audit;

import dev.testudo.trust.audit.AuditFault.Kind;
import dev.testudo.trust.audit.AuditVerdict.Problem;
import dev.testudo.trust.audit.AuditVerdict.Seen;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A file of an audit log that was read from its first line to its last.
final class AuditFile {
  /// The oldest file first.
  static final Comparator<AuditFile> ORDER =
      Comparator.<AuditFile>comparingLong(file -> number(file.first()))
          .thenComparingLong(file -> number(file.last()));

  private final Path file;
  private final Optional<AuditKeys> keys;
  private final Optional<Seen> seen;
  private final AuditChain chain = new AuditChain();
  private final List<Problem> problems = new ArrayList<>();
  private byte[] before = new byte[0];
  private long lines;
  private boolean hasSeen;

  private AuditFile(Path file, Optional<AuditKeys> keys, Optional<Seen> seen) {
    this.file = file;
    this.keys = keys;
    this.seen = seen;
  }

  /// Checks the lines of `file`.
  ///
  /// @param key the key whose holder must have signed them
  static AuditFile check(Path file, KeyHash key, Optional<Seen> seen) throws IOException {
    try {
      var checked = new AuditFile(file, keys(file, key), seen);
      checked.read(key);
      return checked;
    } catch (AuditLines.TooLongException e) {
      var checked = new AuditFile(file, Optional.empty(), Optional.empty());
      checked.problems.add(
          new Problem(Kind.NO_LINE, file, e.number(), String.valueOf(e.getMessage())));
      return checked;
    }
  }

  /// Returns the keys of the CAS whose key has the given hash. The log itself contains the keys,
  /// except for the key of lines if an earlier version wrote all of them.
  private static Optional<AuditKeys> keys(Path file, KeyHash hash) throws IOException {
    Optional<AuditKeys> found = Optional.empty();
    try (var lines = AuditLines.open(file)) {
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        var keys = keys(line.get()).filter(k -> k.hash().equals(hash));
        if (keys.flatMap(AuditKeys::verified).isPresent()) {
          return keys;
        }
        found = found.or(() -> keys);
      }
    }
    return found;
  }

  private static Optional<AuditKeys> keys(byte[] line) {
    try {
      return AuditLine.read(line).keys();
    } catch (MessageException e) {
      return Optional.empty();
    }
  }

  private void read(KeyHash key) throws IOException {
    try (var in = AuditLines.open(file)) {
      for (var line = in.next(); line.isPresent(); line = in.next()) {
        look(in.number(), line.get());
      }
      lines = in.number();
      if (in.unfinished() > 0) {
        tell(lines + 1, Kind.UNFINISHED, "the last line is unfinished");
      }
      signed(key);
    }
  }

  private void look(long number, byte[] line) {
    var problem = chain.add(line);
    if (problem.isPresent()) {
      tell(number, problem.get().kind(), problem.get().text());
      unsigned(number - 1, before);
      unsigned(number, line);
    }
    var last = chain.last();
    hasSeen |=
        seen.isPresent()
            && last.isPresent()
            && last.get().sequence() == seen.get().sequence()
            && last.get().hash().equals(seen.get().hash());
    before = line;
  }

  private void signed(KeyHash key) {
    if (lines == 0) {
      tell(1, Kind.EMPTY, "the log is empty");
    } else if (keys.isEmpty()) {
      tell(
          1,
          Kind.OTHER_KEY,
          "no line names the key %s: this is the log of another CAS".formatted(key));
    } else if (problems.isEmpty()) {
      unsigned(lines, before);
    }
  }

  private void unsigned(long number, byte[] line) {
    if (number > 0 && keys.isPresent() && !AuditLine.isSigned(line, keys.get())) {
      tell(
          number,
          Kind.WRONG_SIGNATURE,
          "the signature of CAS does not match: this line was changed or forged");
    }
  }

  private void tell(long number, Kind kind, String what) {
    var problem = problem(number, kind, what);
    if (problems.size() < AuditVerdict.MOST_PROBLEMS && !problems.contains(problem)) {
      problems.add(problem);
    }
  }

  private Problem problem(long number, Kind kind, String what) {
    return new Problem(kind, file, number, "%s:%d: %s".formatted(file, number, what));
  }

  private static long number(Optional<AuditLine> line) {
    return line.map(AuditLine::sequence).orElse(0L);
  }

  Optional<AuditLine> first() {
    return chain.first();
  }

  Optional<AuditLine> last() {
    return chain.last();
  }

  /// Returns true if the line that an earlier verification saw is in the file.
  boolean hasSeen() {
    return hasSeen;
  }

  /// Returns what is wrong with the file, if it is the first of the log.
  List<Problem> problems() {
    var all = new ArrayList<>(problems);
    chain.beginning().ifPresent(fault -> all.add(problem(1, fault.kind(), fault.text())));
    return all;
  }

  /// Returns what is wrong with the file, if it follows `earlier`.
  List<Problem> problemsAfter(AuditFile earlier) throws IOException {
    var all = new ArrayList<>(problems);
    if (first().isPresent() && last().isPresent() && earlier.last().isPresent()) {
      gap(earlier, earlier.last().get(), first().get()).ifPresent(all::add);
    }
    return all;
  }

  private Optional<Problem> gap(AuditFile earlier, AuditLine end, AuditLine begin)
      throws IOException {
    if (begin.sequence() > end.sequence() + 1) {
      return Optional.of(
          problem(
              1,
              Kind.WRONG_NUMBER,
              "number %d does not follow %s, which ends with number %d: a file between the two is missing"
                  .formatted(begin.sequence(), earlier.file, end.sequence())));
    }
    var common = Math.min(end.sequence(), number(last()));
    var fits =
        begin.sequence() > end.sequence()
            ? begin.previous().equals(end.hash())
            : earlier.hash(common).equals(hash(common));
    return fits
        ? Optional.empty()
        : Optional.of(
            problem(
                1,
                Kind.REPLACED_LINE,
                "this file does not continue %s: an older state was restored and continued, or one of the files is of another log"
                    .formatted(earlier.file)));
  }

  /// Returns the hash of a line.
  private Optional<String> hash(long sequence) throws IOException {
    var end = last();
    if (end.isPresent() && end.get().sequence() == sequence) {
      return end.map(AuditLine::hash);
    }
    try (var in = AuditLines.open(file)) {
      for (var line = in.next(); line.isPresent(); line = in.next()) {
        var one = AuditLine.read(line.get());
        if (one.sequence() == sequence) {
          return Optional.of(one.hash());
        }
      }
    } catch (MessageException e) {
      // The damaged line is a problem of its own.
    }
    return Optional.empty();
  }

  /// Returns the problem that `line` is not in the log, of which this is the last file.
  Problem missing(Seen line) {
    var place = Math.max(1, lines);
    return number(last()) < line.sequence()
        ? problem(
            place,
            Kind.MISSING_LINE,
            "number %d with hash %s is not in the log: it was shortened"
                .formatted(line.sequence(), line.hash()))
        : problem(
            place,
            Kind.REPLACED_LINE,
            "number %d with hash %s is not in the log, which has another line or begins later: an older state was restored and continued, or the log was replaced"
                .formatted(line.sequence(), line.hash()));
  }
}
