package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds the command lines of containers. `command` of a pod replaces ENTRYPOINT and CMD of its
/// image, and `args` replaces CMD (Kubernetes API, `Container`).
///
/// @param annotations those of the pods
/// @param chosen command lines of services that the user gives
record CommandConverter(Tree tree, ObjectAnnotations annotations, Map<String, String> chosen) {
  CommandConverter {
    chosen = Map.copyOf(chosen);
  }

  private static final Collector<CharSequence, ?, String> JOINING = Collectors.joining(" ");

  /// Returns the command line. Reports a container whose program is not known.
  ///
  /// @param image the container's image, if it was read
  /// @param variables texts of the manifest by the names of the pod's variables
  Optional<String> command(
      Container container, Optional<ContainerConfig> image, Map<String, String> variables) {
    var arguments = tree.texts(container.spec(), "args");
    var given = given(container);
    if (given.isPresent()) {
      return Optional.of((given.get() + " " + words(arguments, variables)).strip());
    }
    var program = tree.texts(container.spec(), "command");
    if (!program.isEmpty()) {
      return Optional.of(
          words(Stream.concat(program.stream(), arguments.stream()).toList(), variables));
    }
    var ofImage = image.map(i -> words(i, arguments.isEmpty())).orElse(List.of());
    if (image.isEmpty() || (ofImage.isEmpty() && arguments.isEmpty())) {
      reportMissing(container, arguments, image.isPresent());
      return Optional.empty();
    }
    // Kubernetes does not replace variables in the words of an image.
    var line = ofImage.stream().map(word -> ofImage(word, container)).collect(JOINING);
    return Optional.of((line + " " + words(arguments, variables)).strip());
  }

  private Optional<String> given(Container container) {
    return annotations
        .command(container.name().value())
        .map(text -> ManifestText.literal(text.value(), text.span(), tree.problems()))
        .or(() -> Optional.ofNullable(chosen.get(container.service())));
  }

  private static List<String> words(ContainerConfig image, boolean withCommand) {
    return withCommand
        ? Stream.concat(image.entrypoint().stream(), image.command().stream()).toList()
        : image.entrypoint();
  }

  private String ofImage(String word, Container container) {
    return ManifestText.word(ManifestText.literal(word, container.image().span(), tree.problems()));
  }

  private String words(List<Text> words, Map<String, String> variables) {
    return words.stream()
        .map(
            word ->
                ManifestText.word(
                    ManifestText.expanded(word.value(), variables, word.span(), tree.problems())))
        .collect(JOINING);
  }

  private void reportMissing(Container container, List<Text> arguments, boolean wasRead) {
    var what = arguments.isEmpty() ? " and CMD" : "";
    var image = container.image().quotable();
    tree.problems()
        .add(
            Diagnostic.error(
                    DiagnosticId.MISSING_KEY,
                    container.name().span(),
                    "container `%s` gives no `command`".formatted(container.name().quotable()))
                .labelled(label(arguments, wasRead))
                .helped(
                    wasRead
                        ? "the image `%s` has neither ENTRYPOINT nor CMD; add `command:`"
                            .formatted(image)
                        : ("read it from the image with `--read-images`, add `command:` with the"
                                + " ENTRYPOINT%s of `%s` here, or give it with `--command \"%s=PROGRAM"
                                + " …\"`")
                            .formatted(what, image, container.service())));
  }

  private static String label(List<Text> arguments, boolean wasRead) {
    return arguments.isEmpty() || wasRead
        ? "a manifest states the whole command line"
        : "`args` are only a part of the command line";
  }
}
