package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// What a reader may rely on: files and methods that fit in a sitting, documents that fit on a
/// screen, packages that say what they are for, commands in the README that exist.
class TidyTest {
  private static final int MOST_METHOD_LINES = 70;
  private static final int MOST_FILE_LINES = 500;
  private static final int MOST_DOCUMENT_COLUMNS = 120;

  /// Who names files below `/proc/sys` without reading a number from them, and what for.
  private static final Map<String, String> NO_NUMBERS =
      new TreeMap<>(
          Map.of(
              "Backlog.java", "hands it to ProcFile",
              "Guest.java", "writes",
              "GuestNetwork.java", "writes",
              "KernelFiles.java", "asks whether they can be written",
              "KnownThreadsPrivilegedTest.java", "writes",
              "MeshRun.java", "the host name is a text",
              "Support.java", "hands them to ProcFile"));

  @Test
  void filesAreReadInASitting() throws IOException {
    var long_ = new ArrayList<String>();
    for (var source : sources("")) {
      var lines = Files.readAllLines(source).size();
      if (lines > MOST_FILE_LINES) {
        long_.add(source + ": " + lines + " lines");
      }
    }
    assertEquals(List.of(), long_);
  }

  @Test
  void methodsFitOnAPage() throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var units = files.getJavaFileObjectsFromPaths(sources(""));
      var task =
          (JavacTask) compiler.getTask(null, files, d -> {}, List.of("-proc:none"), null, units);
      var found = new ArrayList<String>();
      for (var unit : task.parse()) {
        new MethodSizes(unit, Trees.instance(task).getSourcePositions(), found).scan(unit, null);
      }
      assertEquals(List.of(), found);
    }
  }

  /// Collects the methods of one file that are too long.
  private static final class MethodSizes extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> found;

    MethodSizes(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
      this.unit = unit;
      this.positions = positions;
      this.found = found;
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      var lines = unit.getLineMap();
      var start = positions.getStartPosition(unit, method);
      var end = positions.getEndPosition(unit, method);
      if (start >= 0 && end > start) {
        var length = lines.getLineNumber(end) - lines.getLineNumber(start) + 1;
        if (length > MOST_METHOD_LINES) {
          found.add(
              unit.getSourceFile().getName()
                  + ": "
                  + method.getName()
                  + " has "
                  + length
                  + " lines");
        }
      }
      return super.visitMethod(method, null);
    }
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    var silent = new TreeSet<Path>();
    for (var source : sources("src/main/java")) {
      var directory = source.getParent();
      var described = directory.resolve("package-info.java");
      if (!source.endsWith("module-info.java")
          && !(Files.exists(described) && Files.readString(described).contains("/// "))) {
        silent.add(Command.ROOT.relativize(directory));
      }
    }
    assertEquals(new TreeSet<>(), silent);
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    var words = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b");
    var found = new ArrayList<String>();
    for (var source : sources("")) {
      if (words.matcher(Files.readString(source)).find()) {
        found.add(source.toString());
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void theReadmesCommandsExist() throws IOException {
    var readme = Files.readString(Command.ROOT.resolve("README.md"));
    var commands =
        Pattern.compile("(?m)^\\./([a-z/-]+)")
            .matcher(readme)
            .results()
            .map(m -> m.group(1))
            .toList();
    assertTrue(commands.contains("quickstart") && commands.contains("test"), commands::toString);
    for (var command : commands) {
      assertTrue(Files.isExecutable(Command.ROOT.resolve(command)), command);
    }
  }

  /// A number below `/proc/sys` yields nothing at a second read(2), and `Files.readString` begins
  /// with a single byte: of 1024 it sees the 1.
  @Test
  void kernelSettingsAreReadByTheClassThatReadsThemAtOnce() throws IOException {
    var otherwise = Pattern.compile("(?<!ProcFile\\.(?:read|number)\\(\\s{0,40})\"/proc/sys/[a-z]");
    var found = new TreeSet<String>();
    for (var source : sources("")) {
      if (otherwise.matcher(Files.readString(source)).find()) {
        found.add(String.valueOf(source.getFileName()));
      }
    }
    assertEquals(NO_NUMBERS.keySet(), found);
  }

  @Test
  void documentsFitOnAScreen() throws IOException {
    var wide = new ArrayList<String>();
    for (var document : documents()) {
      var lines = Files.readAllLines(document);
      for (int i = 0; i < lines.size(); i++) {
        var columns = lines.get(i).codePointCount(0, lines.get(i).length());
        if (columns > MOST_DOCUMENT_COLUMNS) {
          var place = Command.ROOT.relativize(document) + ":" + (i + 1);
          wide.add(place + " has " + columns + " columns");
        }
      }
    }
    assertEquals(List.of(), wide);
  }

  /// A refusal has an id, and what it is about stands in fields; where its words matter all of them
  /// are compared. That a secret is not in them is `assertFalse`.
  @Test
  void testsLookForNoPartsOfMessages() throws IOException {
    var parts =
        Pattern.compile(
            "assertTrue\\([^;]*?\\b(getMessage|message|reason|problem|toString)\\(\\)\\)?"
                + "\\s*\\.(contains|startsWith|endsWith|matches)\\(");
    var found = new ArrayList<String>();
    for (var source : sources("/src/test/")) {
      parts
          .matcher(Files.readString(source))
          .results()
          .forEach(one -> found.add(source + ": " + one.group().replaceAll("\\s+", " ")));
    }
    assertEquals(List.of(), found);
  }

  static List<Path> sources(String below) throws IOException {
    try (var all = Files.walk(Command.ROOT)) {
      return all.filter(f -> f.toString().endsWith(".java"))
          .filter(f -> !f.toString().contains("/target/") && f.toString().contains(below))
          .sorted()
          .toList();
    }
  }

  static List<Path> documents() throws IOException {
    try (Stream<Path> all = Files.walk(Command.ROOT)) {
      return all.filter(f -> f.toString().endsWith(".md"))
          .filter(
              f -> !f.toString().contains("/target/") && !f.toString().contains("/node_modules/"))
          .toList();
    }
  }
}
