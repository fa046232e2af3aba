package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.pe.PeFile;
import dev.testudo.vm.pe.PeSection;
import dev.testudo.vm.pe.UkiSection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// In what two VM images differ: sections, words of the command line, files of the initrd.
public final class ImageDifferences {
  private final List<Difference> found = new ArrayList<>();

  private ImageDifferences() {}

  /// A difference.
  ///
  /// @param part the section, such as `.initrd`
  /// @param what what is there, such as the path of a file; empty for a whole section
  /// @param how in words: `only in the first`, `only in the second`, `content`, `mode`, …
  public record Difference(String part, String what, String how) {
    @Override
    public String toString() {
      return what.isEmpty()
          ? "%s: %s".formatted(part, how)
          : "%s: %s: %s".formatted(part, what, how);
    }
  }

  /// Compares two images.
  ///
  /// @throws VmException if an initrd is not one that Testudo writes
  public static List<Difference> between(PeFile one, PeFile other) throws VmException {
    var differences = new ImageDifferences();
    differences.sections(one, other);
    if (differences.found.isEmpty() && !one.bytes().equals(other.bytes())) {
      differences.found.add(new Difference("headers", "", "content"));
    }
    return List.copyOf(differences.found);
  }

  private void sections(PeFile one, PeFile other) throws VmException {
    var names = new TreeSet<String>();
    one.sections().forEach(section -> names.add(section.name()));
    other.sections().forEach(section -> names.add(section.name()));
    for (var name : names) {
      var mine = content(one, one.section(name));
      var yours = content(other, other.section(name));
      if (mine.isEmpty() || yours.isEmpty()) {
        found.add(new Difference(name, "", only(mine.isPresent())));
      } else if (!mine.equals(yours)) {
        section(name, mine.get(), yours.get());
      }
    }
  }

  private static Optional<Octets> content(PeFile file, Optional<PeSection> section) {
    return section.map(file::content);
  }

  private static String only(boolean inTheFirst) {
    return inTheFirst ? "only in the first" : "only in the second";
  }

  private void section(String name, Octets one, Octets other) throws VmException {
    if (name.equals(UkiSection.INITRD.text())) {
      files(name, byPath(InitrdReader.read(one)), byPath(InitrdReader.read(other)));
    } else if (name.equals(UkiSection.CMDLINE.text())) {
      words(name, words(one), words(other));
    } else {
      found.add(new Difference(name, "", "content"));
    }
  }

  private static List<String> words(Octets commandLine) {
    return List.of(new String(commandLine.toBytes(), US_ASCII).split(" "));
  }

  private void words(String name, List<String> one, List<String> other) {
    var before = found.size();
    one.stream()
        .filter(word -> !other.contains(word))
        .forEach(word -> found.add(new Difference(name, word, only(true))));
    other.stream()
        .filter(word -> !one.contains(word))
        .forEach(word -> found.add(new Difference(name, word, only(false))));
    if (found.size() == before) {
      found.add(new Difference(name, "", "order or number of words"));
    }
  }

  private static Map<String, CpioEntry> byPath(List<CpioEntry> entries) {
    var files = new LinkedHashMap<String, CpioEntry>();
    entries.forEach(entry -> files.put("/" + entry.path(), entry));
    return files;
  }

  private void files(String name, Map<String, CpioEntry> one, Map<String, CpioEntry> other) {
    var before = found.size();
    var paths = new HashSet<>(one.keySet());
    paths.addAll(other.keySet());
    var differing = new TreeMap<String, String>();
    for (var path : paths) {
      var how = how(Optional.ofNullable(one.get(path)), Optional.ofNullable(other.get(path)));
      how.ifPresent(text -> differing.put(path, text));
    }
    differing.forEach((path, how) -> found.add(new Difference(name, path, how)));
    if (found.size() == before) {
      found.add(new Difference(name, "", "the same files in another form"));
    }
  }

  private static Optional<String> how(Optional<CpioEntry> one, Optional<CpioEntry> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return Optional.of(only(one.isPresent()));
    }
    var how = new ArrayList<String>();
    var a = one.get();
    var b = other.get();
    if (!a.kind().equals(b.kind())) {
      how.add("content");
    }
    if (a.permissions() != b.permissions()) {
      how.add("mode %04o and %04o".formatted(a.permissions(), b.permissions()));
    }
    if (a.user() != b.user() || a.group() != b.group()) {
      how.add("owner");
    }
    if (a.modified() != b.modified()) {
      how.add("time");
    }
    return how.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", how));
  }
}
