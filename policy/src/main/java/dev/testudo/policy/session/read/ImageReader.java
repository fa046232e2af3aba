package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Image;
import dev.testudo.policy.session.InjectionFile;
import dev.testudo.policy.session.Permission;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the `images` section.
final class ImageReader {
  private static final int DEFAULT_PERMISSION = 0700;

  private final Set<String> secrets;
  private final Map<String, Volume> volumes;
  private final Problems problems;

  /// The images that were read, by name. Images with errors are included, so that a reference to
  /// one is not reported as unknown.
  record Images(Map<String, Image> byName) {
    List<Image> all() {
      return List.copyOf(byName.values());
    }
  }

  ImageReader(Set<String> secrets, Map<String, Volume> volumes, Problems problems) {
    this.secrets = secrets;
    this.volumes = volumes;
    this.problems = problems;
  }

  Images read(List<YamlNode> nodes) {
    Map<String, Image> images = new LinkedHashMap<>();
    var names = new ArrayList<Text>();
    for (var node : nodes) {
      var fields = Fields.of(node, SessionKeys.IMAGE, problems);
      fields.ifPresent(f -> image(f, names).ifPresent(i -> images.putIfAbsent(i.name(), i)));
    }
    Names.areDistinct("image", names, problems);
    return new Images(images);
  }

  private Optional<Image> image(Fields fields, List<Text> names) {
    var name = fields.requiredText("name");
    name.ifPresent(names::add);
    var paths = new ArrayList<Text>();
    var files =
        fields.list("injection_files").stream()
            .flatMap(node -> file(node, paths).stream())
            .toList();
    Names.areDistinct("injection file", paths, problems);
    var provided = provided(fields, files);
    var mounts = mounts(fields.list("volumes"));
    fields.withoutEffect("only older versions of the language have it", "mrenclaves", "tags");
    fields.noOthers();
    return name.map(n -> new Image(n.value(), files, provided, mounts));
  }

  private List<Volume.Mount> mounts(List<YamlNode> nodes) {
    var paths = new ArrayList<Text>();
    var mounts =
        nodes.stream()
            .flatMap(node -> Fields.of(node, VolumeKeys.MOUNT, problems).stream())
            .flatMap(fields -> mount(fields, paths).stream())
            .toList();
    Names.areDistinct("mount path", paths, problems);
    return mounts;
  }

  private Optional<Volume.Mount> mount(Fields fields, List<Text> paths) {
    var volume = fields.requiredText("name").flatMap(this::volume);
    var place = MountPlace.take(fields, paths, problems);
    fields.noOthers();
    return volume.flatMap(v -> place.map(p -> p.of(v)));
  }

  /// Returns the volume that an image refers to; reports an unknown one.
  private Optional<Volume> volume(Text reference) {
    var volume = Optional.ofNullable(volumes.get(reference.value()));
    if (volume.isEmpty()) {
      problems.addSuggesting(
          Diagnostic.error(
                  DiagnosticId.UNKNOWN_VOLUME,
                  reference.span(),
                  "volume `%s` is not defined".formatted(reference.quotable()))
              .labelled("not in `volumes` of this session"),
          volumes.keySet(),
          reference.value());
    }
    return volume;
  }

  /// Reads the secrets that files of the image may use. Without such a file, there is nothing that
  /// the list could limit.
  private Optional<Set<SecretName>> provided(Fields fields, List<InjectionFile> files) {
    var present = fields.declares("provide_secrets");
    var place = fields.spanOf("provide_secrets");
    Set<SecretName> names = new LinkedHashSet<>();
    for (var text : fields.texts("provide_secrets")) {
      SecretName.parse(text.value()).filter(_ -> isDefined(text)).ifPresent(names::add);
    }
    if (present && files.stream().allMatch(file -> file.content().isPresent())) {
      problems.add(
          Diagnostic.warning(DiagnosticId.WITHOUT_EFFECT, place, "`provide_secrets` has no effect")
              .labelled("no injection file of this image is without `content`")
              .helped("it limits the secrets that files of the image may use, and nothing else"));
    }
    return present ? Optional.of(names) : Optional.empty();
  }

  /// Returns true if a secret is defined; reports it otherwise.
  private boolean isDefined(Text name) {
    if (secrets.contains(name.value())) {
      return true;
    }
    var diagnostic =
        Diagnostic.error(
            DiagnosticId.UNKNOWN_SECRET,
            name.span(),
            "secret `%s` is not defined".formatted(name.quotable()));
    problems.addSuggesting(diagnostic, secrets, name.value());
    return false;
  }

  private Optional<InjectionFile> file(YamlNode node, List<Text> paths) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      var path = scalar.located();
      paths.add(path);
      return InjectionPath.check(path, problems)
          ? Optional.of(new InjectionFile(path.value(), Optional.empty(), DEFAULT_PERMISSION))
          : Optional.empty();
    }
    return Fields.of(node, SessionKeys.INJECTION_FILE, problems)
        .flatMap(fields -> file(fields, paths));
  }

  private Optional<InjectionFile> file(Fields fields, List<Text> paths) {
    var path = fields.requiredText("path");
    path.ifPresent(paths::add);
    var valid = path.filter(text -> InjectionPath.check(text, problems));
    var fromImage = !fields.declares("content");
    var content = fields.text("content").map(t -> RuntimeTemplate.parse(t, secrets, problems));
    var permission = fields.text("permission").flatMap(text -> Permission.parse(text, problems));
    fields.noOthers();
    return valid.map(
        p ->
            new InjectionFile(
                p.value(),
                fromImage
                    ? Optional.empty()
                    : Optional.of(content.orElse(RuntimeTemplate.literal(""))),
                permission.orElse(DEFAULT_PERMISSION)));
  }
}
