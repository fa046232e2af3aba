package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Argument;
import dev.testudo.policy.session.Image;
import dev.testudo.policy.session.Invocation;
import dev.testudo.policy.session.Requirements;
import dev.testudo.policy.session.Security.AttestationMode;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.read.ImageReader.Images;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the `services` section.
final class ServiceReader {
  private final Set<String> secrets;
  private final Images images;
  private final AttestationMode mode;
  private final Problems problems;

  ServiceReader(Set<String> secrets, Images images, AttestationMode mode, Problems problems) {
    this.secrets = secrets;
    this.images = images;
    this.mode = mode;
    this.problems = problems;
  }

  List<Service> read(List<YamlNode> nodes) {
    var services = new ArrayList<Service>();
    var names = new ArrayList<Text>();
    for (var node : nodes) {
      var fields = Fields.of(node, SessionKeys.SERVICE, problems);
      fields.flatMap(f -> service(f, names)).ifPresent(services::add);
    }
    Names.areDistinct("service", names, problems);
    return services;
  }

  private Optional<Service> service(Fields fields, List<Text> names) {
    var name = fields.requiredText("name");
    name.ifPresent(names::add);
    var valid = name.flatMap(text -> Names.service(text, problems));
    var launch = launch(fields);
    var image = fields.text("image_name").flatMap(this::image);
    var attestation = new AttestationReader(problems).read(fields);
    var password = PasswordReader.read(fields, secrets, problems);
    var requirements = new Requirements(attestation, platforms(fields), password);
    var region = new FilesKeyReader(secrets, problems).ofService(fields);
    fields.withoutEffect("only older versions of the language have it", "persistency", "tags");
    fields.noOthers();
    return valid.map(
        n -> new Service(n, name.orElseThrow().span(), launch, image, requirements, region));
  }

  private List<Text> platforms(Fields fields) {
    if (mode == AttestationMode.NONE) {
      fields.withoutEffect("services of this session need not attest", "platforms");
      return List.of();
    }
    return Platforms.read(fields, problems);
  }

  private Invocation launch(Fields fields) {
    var command = command(fields);
    var environment =
        fields
            .node("environment")
            .map(node -> new EnvironmentReader(secrets, problems).read(node))
            .orElse(Map.of());
    var directory = fields.text("pwd").map(Text::value);
    return new Invocation(command, environment, directory);
  }

  /// Takes the command. Evidence for a program that the host chooses would say little, so only a
  /// session without attestation may leave it out.
  private List<Argument> command(Fields fields) {
    if (mode == AttestationMode.HARDWARE) {
      fields.reportIfMissing("command");
    }
    var words = fields.node("command").map(this::words).orElse(List.of());
    return new HostArguments(secrets, problems).read(words);
  }

  private List<Text> words(YamlNode node) {
    if (node instanceof Sequence(var span, var items)) {
      var words =
          items.stream()
              .flatMap(item -> Fields.text(item, "a word of the command", problems).stream())
              .toList();
      return CommandLine.words(words, span, problems);
    }
    return Fields.text(node, "`command`", problems)
        .map(text -> CommandLine.split(text, problems))
        .orElse(List.of());
  }

  /// Returns the image that a service refers to; reports an unknown one.
  private Optional<Image> image(Text reference) {
    var image = Optional.ofNullable(images.byName().get(reference.value()));
    if (image.isEmpty()) {
      var names = images.byName().keySet();
      problems.addSuggesting(
          Diagnostic.error(
                  DiagnosticId.UNKNOWN_IMAGE,
                  reference.span(),
                  "image `%s` is not defined".formatted(reference.quotable()))
              .labelled("not in `images` of this session"),
          names,
          reference.value());
    }
    return image;
  }
}
