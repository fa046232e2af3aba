package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Conversion.Choices;
import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes the service manifest of a container.
record ServiceConverter(Tree tree, Sources sources, Report report, Choices choices) {

  /// Returns the manifest without its section `secrets`, which depends on the other services.
  Map<String, Object> convert(Workload workload, Container container) {
    var variables = new EnvironmentConverter(tree, sources, report).convert(container);
    var files = new FileConverter(tree, sources, report).convert(workload, container);
    var manifest = new LinkedHashMap<String, Object>();
    manifest.put("apiVersion", "scone/5.8");
    manifest.put("kind", "genservice");
    manifest.put("build", build(container, variables));
    if (!variables.isEmpty()) {
      manifest.put("environment", Map.of("local", environment(variables)));
    }
    if (!files.isEmpty()) {
      manifest.put("injection_files", files);
    }
    return manifest;
  }

  private static List<Object> environment(Map<String, String> variables) {
    var entries = new ArrayList<Object>();
    variables.forEach(
        (name, value) -> {
          var entry = new LinkedHashMap<String, Object>();
          entry.put("name", name);
          entry.put("value", value);
          entries.add(entry);
        });
    return entries;
  }

  private Map<String, Object> build(Container container, Map<String, String> variables) {
    var build = new LinkedHashMap<String, Object>();
    build.put("name", container.service());
    build.put("kind", "sconify_image");
    build.put("from", container.image().value());
    build.put("to", target(container));
    command(container, variables).ifPresent(command -> build.put("command", command));
    tree.text(container.spec(), "workingDir")
        .ifPresent(
            folder ->
                build.put(
                    "pwd", ManifestText.literal(folder.value(), folder.span(), tree.problems())));
    container.user().ifPresent(user -> build.put("user", user));
    return build;
  }

  /// Returns the name of the new image and reports it if it is that of the image itself.
  private String target(Container container) {
    var target = "%s/%s:%s".formatted(choices.registry(), container.service(), tag(container));
    if (container.image().value().replaceFirst("@.*", "").equals(target)) {
      tree.problems()
          .add(
              Diagnostic.error(
                      DiagnosticId.CONFLICTING_KEYS,
                      container.image().span(),
                      "the confidential image would replace `%s`".formatted(target))
                  .helped("choose another `--registry`"));
    }
    return target;
  }

  /// Returns the tag of the container's image.
  private static String tag(Container container) {
    var image = container.image().value();
    var name = image.substring(image.lastIndexOf('/') + 1).replaceFirst("@.*", "");
    var colon = name.indexOf(':');
    return colon < 0 ? "latest" : name.substring(colon + 1);
  }

  /// Returns the command line. Without `command` it is that of the image, which is not read.
  private Optional<String> command(Container container, Map<String, String> variables) {
    var program = tree.texts(container.spec(), "command");
    var arguments = tree.texts(container.spec(), "args");
    var chosen = Optional.ofNullable(choices.commands().get(container.service()));
    if (program.isEmpty() && chosen.isEmpty()) {
      reportMissing(container, arguments);
      return Optional.empty();
    }
    var words = program.isEmpty() || chosen.isPresent() ? arguments : joined(program, arguments);
    var line = words.stream().map(word -> word(word, variables)).collect(Collectors.joining(" "));
    var whole = chosen.isEmpty() ? line : (chosen.get() + " " + line).strip();
    return Optional.of(whole);
  }

  private static List<Text> joined(List<Text> first, List<Text> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private String word(Text word, Map<String, String> variables) {
    return ManifestText.word(
        ManifestText.expanded(word.value(), variables, word.span(), tree.problems()));
  }

  private void reportMissing(Container container, List<Text> arguments) {
    var service = container.service();
    var message = "container `%s` gives no `command`".formatted(container.name().quotable());
    tree.problems()
        .add(
            Diagnostic.error(DiagnosticId.MISSING_KEY, container.name().span(), message)
                .labelled(
                    arguments.isEmpty()
                        ? "a manifest states the whole command line"
                        : "`args` are only a part of the command line")
                .helped(
                    ("add `command:` with the ENTRYPOINT%s of `%s` here, or give it with"
                            + " `--command \"%s=PROGRAM …\"`")
                        .formatted(
                            arguments.isEmpty() ? " and CMD" : "",
                            container.image().quotable(),
                            service)));
  }
}
