package dev.testudo.policy.yaml;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.ScalarType;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Builds the tree from the parser's events, so that the limits apply before anything is built.
final class TreeBuilder {
  private final SourceFile source;
  private final Offsets offsets;
  private final Problems problems;
  private final Iterator<Event> events;
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private int nodes;

  /// A node that aliases refer to, with the number of nodes in it.
  private record Anchored(YamlNode node, int size) {}

  TreeBuilder(SourceFile source, Offsets offsets, Problems problems) {
    this.source = source;
    this.offsets = offsets;
    this.problems = problems;
    // A buffer of the text's size avoids copies: the reader copies the rest of a long scalar each
    // time it has consumed a buffer.
    var buffer = Math.clamp(source.text().length() + 1L, 1 << 10, 1 << 16);
    var settings =
        LoadSettings.builder().setCodePointLimit(Yaml.MAX_SIZE).setBufferSize(buffer).build();
    this.events = new ParserImpl(settings, new StreamReader(settings, source.text()));
  }

  /// Returns the root of the only document in the source.
  YamlNode document() {
    events.next(); // the stream starts
    if (events.next() instanceof StreamEndEvent) {
      throw new StopReading(
          Diagnostic.error(DiagnosticId.YAML_SYNTAX, source.span(0, 0), "the file is empty"));
    }
    var root = node(events.next(), 0);
    while (events.hasNext()) {
      var event = events.next();
      if (!(event instanceof DocumentEndEvent || event instanceof StreamEndEvent)) {
        throw new StopReading(
            Diagnostic.error(
                    DiagnosticId.YAML_SYNTAX, span(event), "the file has more than one document")
                .labelled("the second one starts here")
                .helped("put each document into a file of its own"));
      }
    }
    return root;
  }

  private YamlNode node(Event event, int depth) {
    if (event instanceof AliasEvent alias) {
      return repeated(alias);
    }
    var before = nodes;
    count(1, event);
    if (depth >= Yaml.MAX_DEPTH && event instanceof CollectionStartEvent) {
      throw limit(event, "more than %d levels of nesting".formatted(Yaml.MAX_DEPTH));
    }
    var node =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case MappingStartEvent start -> mapping(start, depth);
          case CollectionStartEvent start -> sequence(start, depth);
          default -> throw new AssertionError("not a node: " + event.getEventId());
        };
    if (event instanceof NodeEvent named) {
      named.getAnchor().ifPresent(a -> anchors.put(a, new Anchored(node, nodes - before)));
    }
    return node;
  }

  private YamlNode repeated(AliasEvent alias) {
    var name = alias.getAlias();
    var anchored = anchors.get(name);
    if (anchored == null) {
      throw new StopReading(
          Diagnostic.error(
                  DiagnosticId.YAML_SYNTAX,
                  span(alias),
                  "alias `*%s` has no anchor".formatted(shown(name, span(alias))))
              .labelled("no `&%s` stands before it".formatted(shown(name, span(alias))))
              .helped("quote the value if a literal `*` is meant"));
    }
    count(anchored.size(), alias);
    return anchored.node();
  }

  /// Returns a name, or nothing of it if its place is hidden: a secret that begins with `*` or `!`
  /// looks like the name of an alias or a tag.
  private static String shown(Object name, Span span) {
    return span.isHidden() ? "…" : name.toString();
  }

  private void count(int more, Event event) {
    nodes += more;
    if (nodes > Yaml.MAX_NODES) {
      throw limit(event, "more than %d values, aliases followed".formatted(Yaml.MAX_NODES));
    }
  }

  private StopReading limit(Event event, String message) {
    return new StopReading(Diagnostic.error(DiagnosticId.YAML_LIMIT, span(event), message));
  }

  private Scalar scalar(ScalarEvent event) {
    event.getTag().ifPresent(tag -> rejectTag(tag, event));
    var type = event.isPlain() ? ScalarTypes.of(event.getValue()) : ScalarType.STRING;
    return new Scalar(trimmed(span(event)), event.getValue(), type);
  }

  private Sequence sequence(CollectionStartEvent start, int depth) {
    start.getTag().ifPresent(tag -> rejectTag(tag, start));
    var items = new ArrayList<YamlNode>();
    var event = events.next();
    while (!(event instanceof SequenceEndEvent)) {
      items.add(node(event, depth + 1));
      event = events.next();
    }
    var last = items.isEmpty() ? offset(start, false) : items.getLast().span().end();
    return new Sequence(collectionSpan(start, event, last), items);
  }

  private Mapping mapping(MappingStartEvent start, int depth) {
    start.getTag().ifPresent(tag -> rejectTag(tag, start));
    var entries = new LinkedHashMap<String, Entry>();
    var last = offset(start, false);
    var event = events.next();
    while (!(event instanceof MappingEndEvent)) {
      var key = key(event, depth);
      var value = node(events.next(), depth + 1);
      last = Math.max(key.span().end(), value.span().end());
      var earlier = entries.putIfAbsent(key.text(), new Entry(key, value));
      if (earlier != null) {
        problems.add(twice(earlier.key(), key));
      }
      event = events.next();
    }
    return new Mapping(collectionSpan(start, event, last), List.copyOf(entries.values()));
  }

  private Scalar key(Event event, int depth) {
    if (node(event, depth + 1) instanceof Scalar key) {
      return key;
    }
    throw new StopReading(
        Diagnostic.error(DiagnosticId.WRONG_TYPE, span(event), "a key must be a single value")
            .helped("quote it if it starts with `[`, `{` or `?`"));
  }

  private static Diagnostic twice(Scalar earlier, Scalar key) {
    return Diagnostic.error(
            DiagnosticId.DUPLICATE_KEY,
            key.span(),
            "key `%s` occurs twice".formatted(key.located().quotable()))
        .labelled("the second one")
        .helped("the first one is at " + earlier.span().place());
  }

  private void rejectTag(String tag, Event event) {
    if (!tag.startsWith("tag:yaml.org,2002:")) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.NOT_SUPPORTED_YET,
              span(event),
              "tag `%s` is not supported".formatted(shown(tag, span(event)))));
    }
  }

  /// Returns the span of a collection. A block collection ends where its last value ends; the
  /// parser reports its end only at the next token.
  private Span collectionSpan(CollectionStartEvent start, Event end, int last) {
    var stop = start.isFlow() ? offset(end, true) : last;
    var from = offset(start, false);
    return source.span(from, Math.max(from, stop));
  }

  private Span span(Event event) {
    return source.span(offset(event, false), Math.max(offset(event, false), offset(event, true)));
  }

  private Span trimmed(Span span) {
    var end = span.end();
    while (end > span.start() && " \t\r\n".indexOf(source.text().charAt(end - 1)) >= 0) {
      end--;
    }
    return source.span(span.start(), end);
  }

  private int offset(Event event, boolean end) {
    var mark = end ? event.getEndMark() : event.getStartMark();
    return mark.map(m -> offsets.of(m.getIndex())).orElse(0);
  }
}
