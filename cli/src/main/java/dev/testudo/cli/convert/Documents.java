package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Splits files into YAML documents (YAML 1.2, chapter 9) and reads each as a Kubernetes object.
/// The items of a list, as `kubectl get -o yaml` prints it, are objects of their own.
final class Documents {
  /// The most objects that are converted at once.
  static final int MAX_OBJECTS = 10_000;

  private static final Pattern MARKER = Pattern.compile("(---|\\.\\.\\.)(\\s.*)?");
  private static final Pattern OF_SECRET =
      Pattern.compile("\\bkind[\"']?\\s*:\\s*[\"']?Secret(List)?\\b");

  /// What `apiVersion` of service manifests and Meshfiles begins with.
  private static final String OURS = "scone/";

  private final Problems problems;
  private final Tree tree;
  private final List<KubernetesObject> found = new ArrayList<>();

  Documents(Problems problems) {
    this.problems = problems;
    this.tree = new Tree(problems);
  }

  /// Returns all objects in the order written. Reports each document that is none.
  List<KubernetesObject> read(List<SourceFile> files) {
    var read = 0;
    for (var file : files) {
      for (var document : split(file)) {
        if (read++ == MAX_OBJECTS) {
          tooMany(document.span(0, 0));
          return List.copyOf(found);
        }
        problems.take(Yaml.read(document)).filter(root -> !root.isNull()).ifPresent(this::add);
      }
    }
    return List.copyOf(found);
  }

  /// Returns the documents of a file. Each keeps the lines that it has in the file. The text of a
  /// document with a Secret is never shown.
  static List<SourceFile> split(SourceFile file) {
    var documents = new ArrayList<SourceFile>();
    var document = new StringBuilder();
    var first = 1;
    var line = 1;
    for (var text : (Iterable<String>) file.text().lines()::iterator) {
      if (MARKER.matcher(text).matches()) {
        addTo(documents, file, document, first);
        document.setLength(0);
        first = line;
        document.append("   ").append(text, 3, text.length()).append('\n');
      } else {
        document.append(text).append('\n');
      }
      line++;
    }
    addTo(documents, file, document, first);
    return documents;
  }

  private static void addTo(
      List<SourceFile> documents, SourceFile file, StringBuilder document, int first) {
    var text = document.toString();
    if (text.lines().map(String::strip).allMatch(Documents::isEmpty)) {
      return;
    }
    var source =
        OF_SECRET.matcher(text).find()
            ? SourceFile.confidential(file.name(), text)
            : new SourceFile(file.name(), text);
    documents.add(source.from(first));
  }

  private static boolean isEmpty(String line) {
    return line.isEmpty() || line.startsWith("#") || line.startsWith("%");
  }

  private void add(YamlNode node) {
    if (!(node instanceof Mapping root)) {
      problems.add(Tree.wrongType(node, "a Kubernetes object has keys and values"));
      return;
    }
    var kind = tree.requiredText(root, "kind", "a Kubernetes object");
    var version = tree.requiredText(root, "apiVersion", "a Kubernetes object");
    if (kind.isEmpty() || version.isEmpty()) {
      return;
    }
    if (root.entry("items").isPresent() && kind.get().value().endsWith("List")) {
      tree.list(root, "items").forEach(this::add);
      return;
    }
    if (found.size() >= MAX_OBJECTS) {
      tooMany(kind.get().span());
      return;
    }
    if (SconeObjects.isOne(version.get().value())) {
      found.add(SconeObjects.object(kind.get(), version.get(), root));
      return;
    }
    var metadata = tree.mapping(root, "metadata");
    var name = metadata.flatMap(m -> tree.requiredText(m, "name", "`metadata`"));
    if (metadata.isEmpty()) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.MISSING_KEY, kind.get().span(), "a Kubernetes object needs `metadata`"));
    }
    name.ifPresent(n -> found.add(object(kind.get(), version.get(), n, root)));
  }

  private KubernetesObject object(Text kind, Text version, Text name, Mapping root) {
    var metadata = tree.mapping(root, "metadata").orElseThrow();
    var annotations = new WorkloadReader(tree).annotations(kind.value(), metadata, root);
    return new KubernetesObject(kind, version.value(), name, metadata, root, annotations);
  }

  private void tooMany(Span span) {
    if (!problems.anyErrors()) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.YAML_LIMIT, span, "more than %d objects".formatted(MAX_OBJECTS)));
    }
  }

  /// Returns a diagnostic for a file of Kubernetes objects that is given where something else is
  /// expected: the first document has an `apiVersion` and a `kind` of Kubernetes.
  static Optional<Diagnostic> foreign(SourceFile file) {
    var silent = new Tree(new Problems());
    return split(file).stream()
        .findFirst()
        .flatMap(document -> silent.problems().take(Yaml.read(document)))
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .filter(root -> isForeign(silent, root))
        .flatMap(
            root ->
                silent
                    .text(root, "kind")
                    .map(kind -> foreign(kind, silent.text(root, "apiVersion").orElse(kind))));
  }

  private static boolean isForeign(Tree tree, Mapping root) {
    return tree.text(root, "apiVersion").filter(v -> !v.value().startsWith(OURS)).isPresent();
  }

  private static Diagnostic foreign(Text kind, Text version) {
    var what = SconeObjects.isOne(version.value()) ? SconeObjects.WHAT : "a Kubernetes object";
    return Diagnostic.error(
            DiagnosticId.UNKNOWN_KIND,
            kind.span(),
            "this is %s of kind `%s`".formatted(what, kind.quotable()))
        .helped("`testudo convert -f %s` reads it".formatted(kind.span().source().name()));
  }
}
