package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// How documents hang together: links lead somewhere, and `docs/README.md` leads to every page.
class DocumentsTest {
  private static final Path DOCS = Command.ROOT.resolve("docs");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)# ]*)(?:#([^) ]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

  /// These are named as groups: their pages have lists or numbers of their own.
  private static final List<String> GROUPS = List.of("decisions", "diagnostics");

  /// A test class in a document, perhaps with one of its methods.
  private static final Pattern TEST =
      Pattern.compile("`([A-Z][a-z][A-Za-z0-9]*(?:Test|IT))(?:\\.([A-Za-z]+))?`");

  private final Map<Path, Set<String>> anchors = new HashMap<>();
  private final Map<String, Path> tests = new HashMap<>();

  @Test
  void linksLeadSomewhere() throws IOException {
    var dead = new ArrayList<String>();
    for (var document : TidyTest.documents()) {
      var links = LINK.matcher(prose(document));
      while (links.find()) {
        if (!links.group(1).contains(":") && !leads(document, links.group(1), links.group(2))) {
          dead.add(Command.ROOT.relativize(document) + " -> " + links.group());
        }
      }
    }
    assertEquals(List.of(), dead);
  }

  private boolean leads(Path document, String file, String anchor) throws IOException {
    var target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
    return Files.exists(target)
        && (anchor == null || (Files.isRegularFile(target) && anchors(target).contains(anchor)));
  }

  /// The anchors that GitHub makes of headings.
  private Set<String> anchors(Path document) throws IOException {
    var known = anchors.get(document);
    if (known != null) {
      return known;
    }
    var made = new HashSet<String>();
    for (var heading : HEADING.matcher(prose(document)).results().toList()) {
      var text = heading.group(1).replaceAll("\\[([^]]*)\\]\\([^)]*\\)", "$1");
      var plain = text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", "");
      var anchor = plain.replace(' ', '-');
      for (var again = 1; !made.add(anchor); again++) {
        anchor = plain.replace(' ', '-') + "-" + again;
      }
    }
    anchors.put(document, made);
    return made;
  }

  /// A document without its examples, in which brackets and `#` mean something else.
  private static String prose(Path document) throws IOException {
    var text = new StringBuilder();
    var example = false;
    for (var line : Files.readAllLines(document)) {
      if (line.strip().startsWith("```")) {
        example = !example;
      } else if (!example) {
        text.append(line).append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void testsThatDocumentsNameExist() throws IOException {
    var missing = new ArrayList<String>();
    for (var document : TidyTest.documents()) {
      for (var named : TEST.matcher(prose(document)).results().toList()) {
        var method = Optional.ofNullable(named.group(2)).map(name -> " " + name + "(").orElse("");
        var file = tests().get(named.group(1) + ".java");
        if (file == null || !Files.readString(file).contains(method)) {
          missing.add(Command.ROOT.relativize(document) + " -> " + named.group());
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  private Map<String, Path> tests() throws IOException {
    if (tests.isEmpty()) {
      for (var file : TidyTest.sources("/src/test/java/")) {
        tests.put(file.getFileName().toString(), file);
      }
    }
    return tests;
  }

  @Test
  void everyPageIsNamedOnceInTheListOfDocuments() throws IOException {
    var named = new TreeMap<String, Integer>();
    var links = LINK.matcher(prose(DOCS.resolve("README.md")));
    while (links.find()) {
      var target = DOCS.resolve(links.group(1)).normalize();
      if (target.startsWith(DOCS)) {
        named.merge(DOCS.relativize(target).toString(), 1, Integer::sum);
      }
    }
    var all = new TreeMap<String, Integer>();
    GROUPS.forEach(group -> all.put(group, 1));
    for (var document : TidyTest.documents()) {
      var page = DOCS.relativize(document.normalize()).toString();
      var isGrouped = GROUPS.stream().anyMatch(group -> page.startsWith(group + "/"));
      if (document.startsWith(DOCS) && !isGrouped && !page.equals("README.md")) {
        all.put(page, 1);
      }
    }
    assertEquals(all, named);
  }
}
