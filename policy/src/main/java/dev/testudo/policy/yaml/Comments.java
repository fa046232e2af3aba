package dev.testudo.policy.yaml;

import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Finds the comments of a document: from a `#` after white space, outside of values, to the end of
/// the line.
final class Comments {
  private final BitSet values = new BitSet();

  private Comments() {}

  /// Returns the text of each comment, without its `#`.
  static List<Span> of(SourceFile source, YamlNode root) {
    var comments = new Comments();
    comments.visit(root);
    return comments.find(source);
  }

  private void visit(YamlNode node) {
    switch (node) {
      case Mapping(_, var entries) ->
          entries.forEach(
              entry -> {
                visit(entry.key());
                visit(entry.value());
              });
      case Sequence(_, var items) -> items.forEach(this::visit);
      case Scalar(var span, _, _) -> values.set(span.start(), span.end());
    }
  }

  private List<Span> find(SourceFile source) {
    var found = new ArrayList<Span>();
    var text = source.text();
    for (var mark = text.indexOf('#'); mark >= 0; mark = text.indexOf('#', mark + 1)) {
      if (!values.get(mark) && (mark == 0 || Character.isWhitespace(text.charAt(mark - 1)))) {
        var end = text.indexOf('\n', mark);
        var stop = end < 0 ? text.length() : end;
        found.add(source.span(mark + 1, stop));
        mark = stop - 1;
      }
    }
    return found;
  }
}
