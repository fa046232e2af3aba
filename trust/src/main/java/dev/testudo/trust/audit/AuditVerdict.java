package dev.testudo.trust.audit;

import dev.testudo.trust.audit.AuditFault.Kind;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The result of verifying the file of an audit log.
///
/// @param first its first line, if it has one
/// @param last its last line; if there are no problems, CAS vouches for all lines up to this one
/// @param problems the first 20 problems, each with its place
public record AuditVerdict(
    Optional<AuditLine> first, Optional<AuditLine> last, List<Problem> problems) {
  private static final int MOST_PROBLEMS = 20;

  /// Copies the problems.
  public AuditVerdict {
    problems = List.copyOf(problems);
  }

  /// A problem and its place.
  ///
  /// @param line the number of the line, from 1
  /// @param text file, line and problem, for people
  public record Problem(AuditFault.Kind kind, long line, String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /// A line that the log must contain because an earlier verification saw it.
  ///
  /// @param sequence its number
  /// @param hash its hash, 64 hexadecimal digits
  public record Seen(long sequence, String hash) {
    /// Parses `NUMBER:HASH`.
    public static Optional<Seen> parse(String text) {
      return text.matches("[0-9]{1,18}:[0-9a-f]{64}")
          ? Optional.of(
              new Seen(
                  Long.parseLong(text.substring(0, text.indexOf(':'))),
                  text.substring(text.indexOf(':') + 1)))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return sequence + ":" + hash;
    }
  }

  /// Verifies `file`, which the holder of `key` must have signed.
  public static AuditVerdict of(Path file, KeyHash key, Optional<Seen> seen) throws IOException {
    try {
      return new Look(file, keys(file, key), seen).verdict(key);
    } catch (AuditLines.TooLongException e) {
      var problem = new Problem(Kind.NO_LINE, e.number(), String.valueOf(e.getMessage()));
      return new AuditVerdict(Optional.empty(), Optional.empty(), List.of(problem));
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

  /// One pass over the lines.
  private static final class Look {
    private final Path file;
    private final Optional<AuditKeys> keys;
    private final Optional<Seen> seen;
    private final AuditChain chain = new AuditChain();
    private final List<Problem> problems = new ArrayList<>();
    private byte[] before = new byte[0];
    private boolean isThere;

    Look(Path file, Optional<AuditKeys> keys, Optional<Seen> seen) {
      this.file = file;
      this.keys = keys;
      this.seen = seen;
    }

    AuditVerdict verdict(KeyHash hash) throws IOException {
      try (var lines = AuditLines.open(file)) {
        for (var line = lines.next(); line.isPresent(); line = lines.next()) {
          look(lines.number(), line.get());
        }
        if (lines.unfinished() > 0) {
          tell(lines.number() + 1, Kind.UNFINISHED, "the last line is unfinished");
        }
        chain.beginning().ifPresent(fault -> tell(1, fault.kind(), fault.text()));
        signed(lines.number(), hash);
      }
      return new AuditVerdict(chain.first(), chain.last(), problems);
    }

    private void look(long number, byte[] line) {
      var problem = chain.add(line);
      if (problem.isPresent()) {
        tell(number, problem.get().kind(), problem.get().text());
        unsigned(number - 1, before);
        unsigned(number, line);
      }
      var last = chain.last();
      isThere |=
          seen.isPresent()
              && last.isPresent()
              && last.get().sequence() == seen.get().sequence()
              && last.get().hash().equals(seen.get().hash());
      before = line;
    }

    private void signed(long number, KeyHash hash) {
      if (number == 0) {
        tell(1, Kind.EMPTY, "the log is empty");
      } else if (keys.isEmpty()) {
        tell(
            1,
            Kind.OTHER_KEY,
            "no line names the key %s: this is the log of another CAS".formatted(hash));
      } else if (problems.isEmpty()) {
        unsigned(number, before);
      }
      if (seen.isPresent() && !isThere) {
        missing(Math.max(1, number), seen.get());
      }
    }

    private void missing(long number, Seen line) {
      var last = chain.last().map(AuditLine::sequence).orElse(0L);
      if (last < line.sequence()) {
        tell(
            number,
            Kind.MISSING_LINE,
            "number %d with hash %s is not in the log: it was shortened"
                .formatted(line.sequence(), line.hash()));
      } else {
        tell(
            number,
            Kind.REPLACED_LINE,
            "number %d with hash %s is not in the log, which has another line or begins later: an older state was restored and continued, or the log was replaced"
                .formatted(line.sequence(), line.hash()));
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
      var problem = new Problem(kind, number, "%s:%d: %s".formatted(file, number, what));
      if (problems.size() < MOST_PROBLEMS && !problems.contains(problem)) {
        problems.add(problem);
      }
    }
  }
}
