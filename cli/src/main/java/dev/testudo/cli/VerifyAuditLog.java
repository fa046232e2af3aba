package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.trust.audit.AuditFault;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditVerdict;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo cas verify-audit-log`.
@Command(
    name = "verify-audit-log",
    description = {
      "Checks the chain of lines and the signature of an audit log of a CAS.",
      "FILE can be a directory, such as the state directory of the CAS or a copy of it: audit.jsonl and all earlier files"
          + " audit.N.jsonl are then checked as one log. Several files are one log too, in any order.",
      "Every line must follow the line before it, and the CAS must have signed the last. The check needs no CAS and"
          + " no network. It prints the head of the log, NUMBER:HASH. Record the head elsewhere: a later run with"
          + " --contains then detects a log that was shortened or replaced.",
      "With only --state DIR, it checks a whole state directory. The CAS must not be running.",
      "Exit codes if something is wrong: 14 the end is missing, 15 the beginning is missing, 17 lines between are missing"
          + " or added, 18 the log was rolled back or replaced, 19 it is the log of another CAS, 20 a line was edited,"
          + " forged or damaged. With --state: 4."
    })
final class VerifyAuditLog implements Callable<Integer> {
  private static final int BETWEEN_MISSING = 17;

  /// The names of earlier files in a state directory.
  private static final Pattern EARLIER = Pattern.compile("audit\\.([1-9][0-9]{0,2})\\.jsonl");

  private final CliContext context;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "The log: `audit.jsonl` in the state directory of the CAS, or a copy of it.")
  private List<Path> files = List.of();

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

  @Mixin private JsonOption json = new JsonOption();

  VerifyAuditLog(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var hash = CasClientOptions.hash(key);
    var missing = new ArrayList<Path>();
    var verdict = AuditVerdict.of(readable(missing), hash, seen());
    missing.forEach(file -> context.streams().err().println(missing(file)));
    verdict.problems().forEach(context.streams().err()::println);
    if (json.isGiven()) {
      JsonOption.print(json(verdict, missing), context.streams().out());
    } else if (verdict.problems().isEmpty() && missing.isEmpty()) {
      verdict.last().ifPresent(last -> tell(verdict, last));
    }
    var code =
        verdict.problems().stream()
            .map(AuditVerdict.Problem::kind)
            .mapToInt(VerifyAuditLog::exitCode)
            .max();
    return Math.max(
        code.orElse(ExitCode.DONE.number()),
        missing.isEmpty() ? ExitCode.DONE.number() : BETWEEN_MISSING);
  }

  private static String missing(Path file) {
    return "%s: this file is missing, and older ones are there".formatted(file);
  }

  /// Returns the files to read. In place of a directory, those of the log in it.
  ///
  /// @param missing receives the files that are missing there
  private List<Path> readable(List<Path> missing) throws IOException, CommandFailed {
    var all = new ArrayList<Path>();
    for (var file : files) {
      if (Files.isDirectory(file)) {
        all.addAll(in(file, missing));
      } else {
        all.add(file);
      }
    }
    for (var file : all) {
      if (!Files.isReadable(file)) {
        throw CommandFailed.environment("cannot read `%s`".formatted(file));
      }
    }
    return all;
  }

  /// Returns the files of the log in `directory`. Their numbers show whether one is missing, even
  /// if its lines are in others.
  private static List<Path> in(Path directory, List<Path> missing) throws IOException {
    var earlier = new TreeMap<Integer, Path>();
    try (var names = Files.newDirectoryStream(directory, "audit.*.jsonl")) {
      for (var file : names) {
        var name = EARLIER.matcher(String.valueOf(file.getFileName()));
        if (name.matches()) {
          earlier.put(Integer.valueOf(name.group(1)), file);
        }
      }
    }
    for (var number = 1; !earlier.isEmpty() && number < earlier.lastKey(); number++) {
      if (!earlier.containsKey(number)) {
        missing.add(directory.resolve("audit.%d.jsonl".formatted(number)));
      }
    }
    var all = new ArrayList<>(earlier.values());
    all.add(directory.resolve("audit.jsonl"));
    return all;
  }

  /// Returns the exit code for a fault. If there are several, the largest code tells the most.
  static int exitCode(AuditFault.Kind kind) {
    return switch (kind) {
      case EMPTY, UNFINISHED, MISSING_LINE -> 14;
      case NO_BEGINNING -> 15;
      case WRONG_NUMBER -> BETWEEN_MISSING;
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
    context
        .streams()
        .out()
        .printf(
            "ok: lines %d to %d, the last of %s%nhead %s%n",
            first(verdict, last), last.sequence(), last.at(), head(last));
  }

  private static long first(AuditVerdict verdict, AuditLine last) {
    return verdict.first().map(AuditLine::sequence).orElse(last.sequence());
  }

  private static AuditVerdict.Seen head(AuditLine last) {
    return new AuditVerdict.Seen(last.sequence(), last.hash());
  }

  /// Returns what the check has found. Only a log without problems has a head.
  private static JsonBuilder json(AuditVerdict verdict, List<Path> missing) {
    var problems = new ArrayList<JsonValue>();
    missing.forEach(file -> problems.add(json("missing-file", file, missing(file)).build()));
    for (var problem : verdict.problems()) {
      var place = json(problem.kind().text(), problem.file(), problem.text());
      problems.add(place.put("line", problem.line()).build());
    }
    var json = new JsonBuilder().put("verified", problems.isEmpty());
    if (problems.isEmpty()) {
      verdict
          .last()
          .ifPresent(
              last ->
                  json.put("first", first(verdict, last))
                      .put("last", last.sequence())
                      .put("last_at", last.at().toString())
                      .put("head", head(last).toString()));
    }
    return json.put("problems", new JsonArray(problems));
  }

  private static JsonBuilder json(String kind, Path file, String message) {
    return new JsonBuilder().put("kind", kind).put("file", file.toString()).put("message", message);
  }
}
