package dev.testudo.cas;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.trust.pki.KeyHash;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// A file that names the owners of a CAS: one key hash per line, as `testudo identity` prints it.
/// `#` begins a comment; empty lines are ignored.
final class OwnerFile {
  /// The largest file accepted, in bytes.
  static final int LIMIT = 64 << 10;

  private final SourceFile source;
  private final Problems problems = new Problems();
  private final Set<KeyHash> owners = new LinkedHashSet<>();
  private final Map<KeyHash, Span> places = new HashMap<>();

  private OwnerFile(SourceFile source) {
    this.source = source;
  }

  /// Returns the owners, at least one, or every error with its place.
  static Parsed<Set<KeyHash>> read(SourceFile source) {
    var file = new OwnerFile(source);
    var text = source.text();
    for (var start = 0; start < text.length(); ) {
      var end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      file.line(start, end);
      start = end + 1;
    }
    if (file.owners.isEmpty() && !file.problems.anyErrors()) {
      file.problems.add(
          Diagnostic.error(DiagnosticId.MISSING_VALUE, source.span(0, 0), "the file names no owner")
              .helped("`testudo identity show` prints the hash of your key"));
    }
    return file.problems.result(() -> Set.copyOf(file.owners));
  }

  private void line(int start, int end) {
    var line = source.text().substring(start, end);
    var comment = line.indexOf('#');
    var word = (comment < 0 ? line : line.substring(0, comment)).strip();
    if (word.isEmpty()) {
      return;
    }
    var at = start + line.indexOf(word);
    var span = source.span(at, at + word.length());
    var key = KeyHash.parse(word);
    if (key.isEmpty()) {
      problems.add(
          Diagnostic.error(DiagnosticId.INVALID_VALUE, span, "this is not the hash of a key")
              .helped("a line holds one hash, as `testudo identity show` prints it"));
      return;
    }
    var earlier = places.putIfAbsent(key.get(), span);
    if (earlier != null) {
      problems.add(
          Diagnostic.error(DiagnosticId.DUPLICATE_NAME, span, "this owner is named twice")
              .helped("the first time is at " + earlier.place()));
    }
    owners.add(key.get());
  }
}
