package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Conversion.Choices;
import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.policy.session.read.CommandLine;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a service of a container.
record ServiceConverter(Tree tree, Sources sources, Report report, Choices choices) {

  /// Returns the service, whose manifest lacks the section `secrets`.
  ConvertedService convert(Workload workload, Container container) {
    var image = Optional.ofNullable(choices.images().get(container.image().value()));
    var variables = new EnvironmentConverter(tree, sources, report).convert(container);
    var command =
        new CommandConverter(tree, workload.annotations(), choices.commands())
            .command(container, image, variables);
    var mounts = new MountReader(tree, report, choices.plainVolumes()).read(workload, container);
    var files = new FileConverter(tree, sources, report).convert(container, mounts);
    var all = withImage(variables, image, container);
    var manifest = new LinkedHashMap<String, Object>();
    manifest.put("apiVersion", "scone/5.8");
    manifest.put("kind", "genservice");
    manifest.put("build", build(container, command, image, mounts));
    if (!all.isEmpty()) {
      manifest.put("environment", Map.of("local", environment(all)));
    }
    if (!files.isEmpty()) {
      manifest.put("injection_files", files);
    }
    var user =
        container.user().or(() -> image.map(ContainerConfig::user).filter(name -> !name.isEmpty()));
    return new ConvertedService(
        workload, container, manifest, program(command, container), mounts, user);
  }

  /// Returns the variables of the image, and over them those of the pod.
  private Map<String, String> withImage(
      Map<String, String> ofPod, Optional<ContainerConfig> image, Container container) {
    var all = new LinkedHashMap<String, String>();
    for (var variable : image.map(ContainerConfig::environment).orElse(List.of())) {
      var parts = variable.split("=", 2);
      if (parts.length == 2 && !ofPod.containsKey(EnvironmentConverter.FROM_HOST + parts[0])) {
        var place = container.image().span();
        all.put(parts[0], ManifestText.literal(parts[1], place, tree.problems()));
      }
    }
    all.putAll(ofPod);
    return all;
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

  private Map<String, Object> build(
      Container container,
      Optional<String> command,
      Optional<ContainerConfig> image,
      List<Mount> mounts) {
    var build = new LinkedHashMap<String, Object>();
    build.put("name", container.service());
    build.put("kind", "sconify_image");
    build.put("from", container.image().value());
    build.put("to", target(container));
    command.ifPresent(line -> build.put("command", line));
    tree.text(container.spec(), "workingDir")
        .or(() -> workingDirectory(container, image))
        .ifPresent(
            folder ->
                build.put(
                    "pwd", ManifestText.literal(folder.value(), folder.span(), tree.problems())));
    container.user().ifPresent(user -> build.put("user", user));
    var unmeasured =
        mounts.stream()
            .filter(mount -> mount.isKept() && mount.isMeasured())
            .map(Mount::folder)
            .distinct()
            .toList();
    if (!unmeasured.isEmpty()) {
      build.put("host_paths", unmeasured);
    }
    return build;
  }

  private static Optional<Text> workingDirectory(
      Container container, Optional<ContainerConfig> image) {
    return image
        .map(ContainerConfig::workingDirectory)
        .filter(folder -> !folder.isEmpty() && !folder.equals("/"))
        .map(folder -> new Text(folder, container.image().span()));
  }

  /// Returns the name by which CAS knows the program: the last part of its path.
  private static String program(Optional<String> command, Container container) {
    var line = command.orElse(container.service());
    var words = CommandLine.split(new Text(line, container.name().span()), new Problems());
    var program = words.isEmpty() ? "" : words.getFirst().value();
    return program.substring(program.lastIndexOf('/') + 1);
  }

  /// Returns the name of the new image and reports it if it is that of the image itself.
  private String target(Container container) {
    var target =
        "%s/%s:%s".formatted(choices.target().registry(), container.service(), tag(container));
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
}
