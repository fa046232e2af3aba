package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The annotations `testudo.dev/…` of an object, or of the pods that it starts. Each does for one
/// object what an option of the command does for all.
///
/// @param values by the name after the prefix
record ObjectAnnotations(Map<String, Text> values) {
  static final String PREFIX = "testudo.dev/";

  private static final String CONVERT = "convert";
  private static final String COMMAND = "command";
  private static final String USER = "user";
  private static final String NAME = "name";
  private static final String GENERATE = "generate-secrets";
  private static final String PLAIN = "plain-volumes";

  /// Those of objects that start pods.
  private static final List<String> OF_PODS =
      List.of(COMMAND, CONVERT, GENERATE, NAME, PLAIN, USER);

  /// Those that can name one container, as in `testudo.dev/user.CONTAINER`.
  private static final Set<String> OF_CONTAINERS = Set.of(COMMAND, USER);

  ObjectAnnotations {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// Reads the annotations of an object that starts pods. Those of the pods take precedence.
  static ObjectAnnotations ofPods(Mapping object, Optional<Mapping> pods, Tree tree) {
    var values = new LinkedHashMap<>(read(object, OF_PODS, tree).values);
    pods.ifPresent(metadata -> values.putAll(read(metadata, OF_PODS, tree).values));
    return new ObjectAnnotations(values);
  }

  /// Reads the annotations of any other object.
  static ObjectAnnotations of(Mapping object, Tree tree) {
    return read(object, List.of(CONVERT), tree);
  }

  private static ObjectAnnotations read(Mapping metadata, List<String> known, Tree tree) {
    var values = new LinkedHashMap<String, Text>();
    for (var entry :
        tree.mapping(metadata, "annotations").map(Mapping::entries).orElse(List.of())) {
      var key = entry.key();
      if (key.text().startsWith(PREFIX)) {
        var name = key.text().substring(PREFIX.length());
        if (isKnown(name, known)) {
          tree.single(entry.value(), key.text()).ifPresent(value -> values.put(name, value));
        } else {
          reportUnknown(key.located(), known, tree);
        }
      }
    }
    return checked(new ObjectAnnotations(values), tree);
  }

  private static boolean isKnown(String name, List<String> known) {
    var dot = name.indexOf('.');
    return known.contains(name)
        || (dot > 0 && known.contains(COMMAND) && OF_CONTAINERS.contains(name.substring(0, dot)));
  }

  private static void reportUnknown(Text key, List<String> known, Tree tree) {
    var isOfPods = known.size() == 1 && isKnown(key.value().substring(PREFIX.length()), OF_PODS);
    tree.problems()
        .add(
            Diagnostic.error(
                    DiagnosticId.UNKNOWN_KEY,
                    key.span(),
                    "`%s` is not an annotation %s"
                        .formatted(
                            key.quotable(), isOfPods ? "of this kind of object" : "of Testudo"))
                .helped(
                    isOfPods
                        ? "it is for objects that start pods"
                        : "there are `%s%s`"
                            .formatted(PREFIX, String.join("`, `" + PREFIX, known))));
  }

  private static ObjectAnnotations checked(ObjectAnnotations annotations, Tree tree) {
    var convert = annotations.values.get(CONVERT);
    if (convert != null && !Set.of("true", "false").contains(convert.value())) {
      tree.problems()
          .add(
              Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  convert.span(),
                  "`%s%s` is `\"true\"` or `\"false\"`".formatted(PREFIX, CONVERT)));
    }
    return annotations;
  }

  /// Returns false for an object that must stay as it is.
  boolean converts() {
    var convert = values.get(CONVERT);
    return convert == null || !convert.value().equals("false");
  }

  /// Returns the name that services have instead of that of the object.
  Optional<Text> name() {
    return Optional.ofNullable(values.get(NAME));
  }

  /// Returns the program and first arguments of a container.
  Optional<Text> command(String container) {
    return of(COMMAND, container);
  }

  /// Returns `USER` or `USER:GROUP` of a container.
  Optional<Text> user(String container) {
    return of(USER, container);
  }

  private Optional<Text> of(String name, String container) {
    return Optional.ofNullable(values.get(name + "." + container))
        .or(() -> Optional.ofNullable(values.get(name)));
  }

  /// Reports annotations of a container that does not exist, and those that would hold for several.
  void check(List<String> containers, Tree tree) {
    values.forEach(
        (name, text) -> {
          var dot = name.indexOf('.');
          if (dot > 0 && !containers.contains(name.substring(dot + 1))) {
            report(text, name, "names no container of the pod", containers, tree);
          } else if (name.equals(COMMAND) && containers.size() > 1) {
            report(text, name, "must say for which container it is", containers, tree);
          }
        });
  }

  private static void report(
      Text text, String name, String what, List<String> containers, Tree tree) {
    var base = name.replaceFirst("\\..*", "");
    tree.problems()
        .add(
            Diagnostic.error(
                    DiagnosticId.INVALID_VALUE,
                    text.span(),
                    "the annotation `%s%s` %s".formatted(PREFIX, base, what))
                .helped("write `%s%s.%s`".formatted(PREFIX, base, containers.getFirst())));
  }

  /// Returns names of Secrets, or `SECRET/KEY`, whose content CAS generates.
  Set<String> generate() {
    return list(GENERATE);
  }

  /// Returns the names of volumes whose content may be readable for the operator.
  Set<String> plainVolumes() {
    return list(PLAIN);
  }

  private Set<String> list(String name) {
    var text = values.get(name);
    var words = new LinkedHashSet<String>();
    if (text != null) {
      Arrays.stream(text.value().split("[,\\s]+")).filter(w -> !w.isEmpty()).forEach(words::add);
    }
    return words;
  }
}
