package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SoftwareIdentity;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.FileTemplates;
import dev.testudo.trust.channel.InjectedFile;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.measure.MeasuredImage;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Replaces placeholders in files of the measured image. Other files of the machine are not
/// measured, so their text could ask for any secret.
final class ImageTemplates {
  private final FileTemplates templates;
  private final MeasuredImage image;

  private ImageTemplates(FileTemplates templates, MeasuredImage image) {
    this.templates = templates;
    this.image = image;
  }

  /// Returns the configuration with the files of the image that its policy fills in.
  ///
  /// @throws AgentFailure if the image has no such file, or its text asks for what the policy does
  ///     not provide
  static Configuration filled(Configuration configuration, MeasuredImage image)
      throws AgentFailure {
    var all = new ImageTemplates(configuration.templates(), image);
    var files = new ArrayList<InjectedFile>();
    for (var file : configuration.templates().files()) {
      files.add(new InjectedFile(file.path(), all.filled(file.path()), file.mode()));
    }
    return configuration.withFiles(files);
  }

  private Secret filled(String path) throws AgentFailure {
    var problems = new Problems();
    // Latin-1 keeps the bytes of any file. Placeholders are ASCII.
    var text =
        Text.of(new SourceFile(path, new String(content(path), StandardCharsets.ISO_8859_1)));
    var template = RuntimeTemplate.parse(text, templates.values().keySet(), problems);
    if (!problems.found().isEmpty()) {
      var first = problems.found().getFirst();
      throw AgentFailure.input(
          "the policy fills in a file of the image: %s (%s)"
              .formatted(first.message(), first.span().place()));
    }
    var parts = new ArrayList<Secret>();
    for (var part : template.parts()) {
      parts.add(
          switch (part) {
            case RuntimeTemplate.Literal(var literal) ->
                Secret.taking(literal.getBytes(StandardCharsets.ISO_8859_1));
            case Placeholder placeholder -> value(placeholder);
            case SoftwareIdentity _ -> Secret.ofText(templates.softwareIdentity());
          });
    }
    return joined(path, parts);
  }

  /// Joins texts. A short file can name a long value thousands of times, so the lengths are added
  /// up first.
  private static Secret joined(String path, List<Secret> parts) throws AgentFailure {
    var length = parts.stream().mapToLong(Secret::length).sum();
    if (length > Configuration.LIMIT) {
      throw AgentFailure.input(
          "file `%s` of the image would have more than %d bytes with its secrets"
              .formatted(path, Configuration.LIMIT));
    }
    var out = ByteBuffer.allocate((int) length);
    for (var part : parts) {
      out = part.reveal(out::put);
    }
    return Secret.taking(out.array());
  }

  private Secret value(Placeholder placeholder) throws AgentFailure {
    var formats = templates.values().getOrDefault(placeholder.secret().value(), Map.of());
    var value = formats.get(placeholder.format().text());
    if (value == null) {
      throw AgentFailure.input(
          "the policy fills in a file of the image: secret `%s` does not have this format (%s)"
              .formatted(placeholder.secret(), placeholder.span().place()));
    }
    return placeholder.escapeJson() ? value.reveal(ImageTemplates::escaped) : value;
  }

  private static Secret escaped(byte[] value) {
    var text = new JsonValue.JsonString(new String(value, StandardCharsets.UTF_8));
    var quoted = Json.writeText(text);
    return Secret.ofText(quoted.substring(1, quoted.length() - 1));
  }

  private byte[] content(String path) throws AgentFailure {
    for (var entry : image.entries()) {
      if (entry instanceof ImageEntry.RegularFile file && file.path().equals(path)) {
        return read(file);
      }
    }
    throw AgentFailure.input(
        "the policy fills in `%s`, but the image has no file there; write its text as `content`"
            .formatted(path));
  }

  private static byte[] read(ImageEntry.RegularFile file) throws AgentFailure {
    try {
      return file.read(Configuration.LIMIT);
    } catch (IOException e) {
      throw AgentFailure.environment("fill in a file of the image", e);
    }
  }
}
