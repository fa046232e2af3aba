package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// CPython's own tests of its network modules, run with Debian's interpreter, with and without
/// a shield.
final class PythonSuite {
  /// How often to repeat a test whose result differs. Tests of timeouts sometimes fail on a busy
  /// machine, with and without a shield.
  private static final int DOUBTS = 3;

  /// The only test that never ends: it accepts on a VSOCK socket, to which nothing connects here.
  private static final String ENDLESS = "*VSOCKSocketStream*";

  private static final Pattern CASE =
      Pattern.compile("(?s)<testcase name=\"([^\"]*)\"[^>]*?(?:/>|>(.*?)</testcase>)");

  private static final Pattern OUTCOME = Pattern.compile("<(skipped|failure|error)\\b");

  private PythonSuite() {}

  /// Returns the tests whose result differs under a shield, each with both results: `ran`,
  /// `skipped`, `failure`, `error`.
  static Map<String, String> differences(List<String> modules, List<String> patterns)
      throws IOException, InterruptedException {
    var differing = compare(modules, patterns);
    for (int i = 1; i < DOUBTS && !differing.isEmpty(); i++) {
      differing.keySet().retainAll(compare(modules, List.copyOf(differing.keySet())).keySet());
    }
    return differing;
  }

  private static Map<String, String> compare(List<String> modules, List<String> patterns)
      throws IOException, InterruptedException {
    var without = outcomes(Treatment.NO_SHIELD, modules, patterns);
    var with = outcomes(Treatment.UNPROTECTED, modules, patterns);
    if (without.isEmpty()) {
      throw new AssertionError("no test of " + modules + " matches " + patterns);
    }
    var differing = new TreeMap<String, String>();
    for (var test : union(without.keySet(), with.keySet())) {
      var before = without.getOrDefault(test, "absent");
      var after = with.getOrDefault(test, "absent");
      if (!before.equals(after)) {
        differing.put(test, before + " → " + after);
      }
    }
    return differing;
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    var all = new TreeSet<>(some);
    all.addAll(others);
    return all;
  }

  private static Map<String, String> outcomes(
      Treatment treatment, List<String> modules, List<String> patterns)
      throws IOException, InterruptedException {
    for (int i = 1; i < DOUBTS; i++) {
      var outcomes = attempt(treatment, modules, patterns);
      if (outcomes.isPresent()) {
        return outcomes.get();
      }
    }
    return attempt(treatment, modules, patterns)
        .orElseThrow(() -> new AssertionError("Python's tests do not end: " + treatment));
  }

  /// Runs the tests. Returns empty if one has hung: some look for a free port and lose it to
  /// another program before they use it.
  private static Optional<Map<String, String>> attempt(
      Treatment treatment, List<String> modules, List<String> patterns)
      throws IOException, InterruptedException {
    try (var story = new Story(treatment).patient(Duration.ofMinutes(20))) {
      var report = story.folder().resolve("report.xml");
      var python = story.program().with("TMPDIR", story.folder().toString());
      python.with("HOME", story.folder().toString());
      python.starts(command(modules, patterns, report).toArray()).endsAnyhow();
      return Files.exists(report) ? Optional.of(read(Files.readString(report))) : Optional.empty();
    }
  }

  private static List<String> command(List<String> modules, List<String> patterns, Path report) {
    var command = new ArrayList<>(List.of("/usr/bin/python3.11", "-m", "test", "-u", "network"));
    command.addAll(
        List.of(
            "--timeout",
            patterns.isEmpty() ? "900" : "120",
            "--junit-xml",
            report.toString(),
            "-i",
            ENDLESS));
    for (var pattern : patterns) {
      command.addAll(List.of("-m", pattern));
    }
    command.addAll(modules);
    return command;
  }

  private static Map<String, String> read(String report) {
    var outcomes = new TreeMap<String, String>();
    var found = CASE.matcher(report);
    while (found.find()) {
      var body = found.group(2) == null ? "" : found.group(2);
      var outcome = OUTCOME.matcher(body);
      outcomes.put(found.group(1), outcome.find() ? outcome.group(1) : "ran");
    }
    return outcomes;
  }
}
