package dev.testudo.cas.attestation;

import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.Expansion;
import dev.testudo.cas.issue.FilesKeys;
import dev.testudo.cas.issue.Lifetimes;
import dev.testudo.cas.issue.SecretText;
import dev.testudo.cas.issue.SessionSecrets;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.Argument;
import dev.testudo.policy.session.Image;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Variable;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.FileTemplates;
import dev.testudo.trust.channel.HostInputs;
import dev.testudo.trust.channel.InjectedFile;
import dev.testudo.trust.channel.ProgramStart;
import dev.testudo.trust.channel.ProtectedFiles;
import dev.testudo.trust.channel.Renewal;
import dev.testudo.trust.channel.VolumeAccess;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/// Builds the configuration of one service.
final class Delivery {
  /// The most bytes of injected files and texts together. It leaves room for their base64
  /// encoding in the message.
  private static final int MOST_BYTES = Configuration.LIMIT / 2;

  private final Registered session;
  private final Service service;
  private final SessionSecrets secrets;
  private final String measurement;
  private final Expansion expansion;
  private final FilesKeys filesKeys;

  /// @param measurement that of the attested service, in hexadecimal
  Delivery(Registered session, Service service, SessionSecrets secrets, String measurement) {
    this.measurement = measurement;
    this.session = session;
    this.service = service;
    this.secrets = secrets;
    this.filesKeys = new FilesKeys(secrets);
    this.expansion =
        new Expansion(
            secrets, MOST_BYTES, "the configuration of service `%s`".formatted(service.name()));
  }

  /// Returns the configuration.
  ///
  /// @param renewals returns how the instance gets new values, if some of them end
  /// @param lease returns the ticket with which the instance claims its volumes, if it has any
  Configuration configuration(
      boolean hardwareAttested, Function<Lifetimes.Span, Renewal> renewals, Supplier<String> lease)
      throws Refused, IOException {
    var arguments = new ArrayList<String>();
    var fromHost = new LinkedHashMap<Integer, Integer>();
    for (var word : service.launch().command()) {
      switch (word) {
        case Argument.Given(var template) -> arguments.add(expansion.text(template));
        case Argument.FromHost(var number, _) -> {
          fromHost.put(arguments.size(), number);
          arguments.add("");
        }
      }
    }
    var environment = new LinkedHashMap<String, String>();
    var hostVariables = new ArrayList<String>();
    for (var variable : service.launch().environment().entrySet()) {
      switch (variable.getValue()) {
        case Variable.Given(_, var template) ->
            environment.put(variable.getKey(), expansion.text(template));
        case Variable.FromHost _ -> hostVariables.add(variable.getKey());
      }
    }
    var files = files();
    var templates = templates();
    var protectedFiles = protectedFiles(lease);
    // All values are known now, and with them when the first one ends.
    var renewal = secrets.lifetimes().shortest().map(renewals);
    return new Configuration(
        new ProgramStart(arguments, environment, service.launch().workingDirectory()),
        files,
        templates,
        protectedFiles,
        new Configuration.Origin(
            session.row().name(), session.row().hash(), hardwareAttested, renewal),
        new HostInputs(fromHost, hostVariables));
  }

  /// Returns the name and revision of each secret in the configuration.
  List<String> secrets() {
    var labels = new TreeSet<String>(filesKeys.labels());
    for (var template : service.templates()) {
      for (var placeholder : template.placeholders()) {
        labels.add(secrets.label(placeholder.secret()));
      }
    }
    provided().forEach(secret -> labels.add(secrets.label(secret.name())));
    return List.copyOf(labels);
  }

  private ProtectedFiles protectedFiles(Supplier<String> lease) throws Refused, IOException {
    var volumes = new ArrayList<VolumeAccess>();
    for (var mount : service.image().map(Image::mounts).orElse(List.of())) {
      volumes.add(filesKeys.access(mount));
    }
    var region = service.region();
    return new ProtectedFiles(
        volumes,
        region.isPresent() ? Optional.of(filesKeys.access(region.get())) : Optional.empty(),
        volumes.isEmpty() ? Optional.empty() : Optional.of(lease.get()));
  }

  private List<InjectedFile> files() throws Refused, IOException {
    var files = new ArrayList<InjectedFile>();
    for (var file : service.image().map(Image::files).orElse(List.of())) {
      if (file.content().isPresent()) {
        var content = expansion.content(file.content().get());
        files.add(new InjectedFile(file.path(), content, file.permission()));
      }
    }
    return files;
  }

  /// Returns the files of the image that the agent fills in. CAS does not know which secrets they
  /// use and in which format, so it delivers each that they may use in every format.
  private FileTemplates templates() throws Refused, IOException {
    var files = service.image().map(Image::fromImage).orElse(List.of());
    if (files.isEmpty()) {
      return FileTemplates.NONE;
    }
    Map<String, Map<String, Secret>> values = new LinkedHashMap<>();
    for (var secret : provided()) {
      values.put(secret.name().value(), formats(secret));
    }
    return new FileTemplates(
        files.stream()
            .map(file -> new FileTemplates.Template(file.path(), file.permission()))
            .toList(),
        measurement,
        values);
  }

  private List<SecretDefinition> provided() {
    return service
        .image()
        .map(
            image ->
                session.session().secrets().stream()
                    .filter(secret -> image.provides(secret.name()))
                    .toList())
        .orElse(List.of());
  }

  private Map<String, Secret> formats(SecretDefinition secret) throws Refused, IOException {
    Map<String, Secret> written = new LinkedHashMap<>();
    for (var format : SecretText.formats(secrets.value(secret))) {
      var placeholder = new Placeholder(secret.name(), format, false, secret.declaration().span());
      written.put(format.text(), expansion.content(new RuntimeTemplate(List.of(placeholder))));
    }
    return written;
  }
}
