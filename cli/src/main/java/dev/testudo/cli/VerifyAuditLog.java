package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.trust.audit.AuditFault;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditVerdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo cas verify-audit-log`.
@Command(
    name = "verify-audit-log",
    description = {
      "Checks the chain of lines and the signature of an audit log of a CAS.",
      "Every line must follow the line before it, and the CAS must have signed the last. The check needs no CAS and"
          + " no network. It prints the head of the log, NUMBER:HASH. Record the head elsewhere: a later run with"
          + " --contains then detects a log that was shortened or replaced.",
      "With only --state DIR, it checks a whole state directory. The CAS must not be running.",
      "Exit codes if something is wrong: 14 the end is missing, 15 the beginning is missing, 17 lines between are missing"
          + " or added, 18 the log was rolled back or replaced, 19 it is the log of another CAS, 20 a line was edited,"
          + " forged or damaged. With --state: 4."
    })
final class VerifyAuditLog implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      paramLabel = "FILE",
      description = "The log: `audit.jsonl` in the state directory of the CAS, or a copy of it.")
  private Path file = Path.of("");

  @Option(
      names = "--key",
      required = true,
      paramLabel = "HASH",
      description = "The hash of the key that the CAS must have.")
  private String key = "";

  @Option(
      names = "--contains",
      paramLabel = "NUMBER:HASH",
      description = "A line that must be in the log: the head that an earlier run printed.")
  private @Nullable String contains;

  VerifyAuditLog(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var hash = CasClientOptions.hash(key);
    if (!Files.isReadable(file)) {
      throw CommandFailed.environment("cannot read `%s`".formatted(file));
    }
    var verdict = AuditVerdict.of(file, hash, seen());
    if (!verdict.problems().isEmpty()) {
      verdict.problems().forEach(context.streams().err()::println);
      return verdict.problems().stream()
          .map(AuditVerdict.Problem::kind)
          .mapToInt(VerifyAuditLog::exitCode)
          .max()
          .orElse(ExitCode.REFUSED.number());
    }
    verdict.last().ifPresent(last -> tell(verdict, last));
    return ExitCode.DONE.number();
  }

  /// Returns the exit code for a fault. If there are several, the largest code tells the most.
  private static int exitCode(AuditFault.Kind kind) {
    return switch (kind) {
      case EMPTY, UNFINISHED, MISSING_LINE -> 14;
      case NO_BEGINNING -> 15;
      case WRONG_NUMBER -> 17;
      case REPLACED_LINE -> 18;
      case OTHER_KEY -> 19;
      case NO_LINE, WRONG_PREVIOUS, WRONG_SIGNATURE -> 20;
    };
  }

  private Optional<AuditVerdict.Seen> seen() throws CommandFailed {
    if (contains == null) {
      return Optional.empty();
    }
    var seen = AuditVerdict.Seen.parse(contains);
    if (seen.isEmpty()) {
      throw CommandFailed.usage(
          "--contains takes NUMBER:HASH, as this command prints it, not `%s`".formatted(contains));
    }
    return seen;
  }

  private void tell(AuditVerdict verdict, AuditLine last) {
    var first = verdict.first().map(AuditLine::sequence).orElse(last.sequence());
    context
        .streams()
        .out()
        .printf(
            "ok: lines %d to %d, the last of %s%nhead %s%n",
            first, last.sequence(), last.at(), new AuditVerdict.Seen(last.sequence(), last.hash()));
  }
}
