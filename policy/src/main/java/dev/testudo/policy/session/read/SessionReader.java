package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Insertion;
import dev.testudo.policy.session.Lineage;
import dev.testudo.policy.session.OpenPlace;
import dev.testudo.policy.session.OpenPlace.Area;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.Security;
import dev.testudo.policy.session.Security.AttestationMode;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads the top level of a session.
final class SessionReader {
  private static final Pattern VERSION = Pattern.compile("0\\.3(\\.([0-9]|1[0-2]))?");
  private static final Pattern OLD_VERSION = Pattern.compile("0\\.[12](\\..*)?");
  private static final SessionName UNNAMED = new SessionName("unnamed/unnamed/unnamed");
  private static final Pattern SALT = Pattern.compile("[0-9a-fA-F]{32}");

  private final SourceFile source;
  private final Map<OpenPlace, Insertion> insertions;
  private final BiConsumer<Session, Problems> rules;
  private final Problems problems = new Problems();

  /// Creates a reader.
  ///
  /// @param insertions what is inserted at the open places of the session
  /// @param rules the checks between the parts of a session, applied once it is read
  SessionReader(
      SourceFile source,
      Map<OpenPlace, Insertion> insertions,
      BiConsumer<Session, Problems> rules) {
    this.source = source;
    this.insertions = insertions;
    this.rules = rules;
  }

  Parsed<Session> read(YamlNode root) {
    if (root instanceof Mapping mapping) {
      var session = session(mapping);
      return problems.result(() -> session);
    }
    Fields.of(root, SessionKeys.SESSION, problems);
    return new Parsed.Invalid<>(problems.found());
  }

  private Session session(Mapping root) {
    var written = Fields.of(root, SessionKeys.SESSION, problems).orElseThrow();
    var nameText = written.requiredText("name");
    // If the name is wrong, read on under a stand-in from which relative references still resolve.
    var name = nameText.flatMap(text -> Names.session(text, problems)).orElse(UNNAMED);
    var secrets = SecretReader.ofSession(name, problems);
    var definitions = secrets.readAll(written.list("secrets"));

    var splicing = new Splicing(byName(definitions), secrets.names(), insertions, problems);
    var fields = Fields.of(splicing.session(root), SessionKeys.SESSION, problems).orElseThrow();
    fields.node("name");
    fields.node("secrets");
    var lineage = lineage(fields);
    var structure = new Problems();
    var security =
        new SecurityReader(secrets.names(), structure).read(fields, nameText.map(Text::span));
    var volumes = new VolumeReader(name, secrets.names(), problems).read(fields.list("volumes"));
    var images = new ImageReader(secrets.names(), volumes, problems).read(fields.list("images"));
    var services =
        new ServiceReader(secrets.names(), images, mode(splicing, security), structure)
            .read(fields.list("services"));
    var access = new AccessPolicyReader(secrets.names(), structure).read(fields);
    splicing.report(structure);
    fields.notSupportedYet("secret_config");
    fields.withoutEffect("filled in by CAS", "creator");
    fields.withoutEffect("only older versions of the language have it", "digest", "tags");
    fields.noOthers();

    var session =
        new Session(
            source,
            name,
            lineage,
            services,
            images.all(),
            new Session.Stored(definitions, List.copyOf(volumes.values())),
            access,
            security,
            splicing.open());
    rules.accept(session, problems);
    return session;
  }

  /// Returns the mode of attestation, or the one that demands least if it is not known yet.
  private static AttestationMode mode(Splicing splicing, Security security) {
    var open = splicing.open().stream().anyMatch(place -> place.area() == Area.SECURITY);
    return open ? AttestationMode.NONE : security.mode();
  }

  private static Map<String, SecretDefinition> byName(List<SecretDefinition> definitions) {
    return definitions.stream()
        .collect(Collectors.toMap(one -> one.name().value(), one -> one, (first, _) -> first));
  }

  private Lineage lineage(Fields fields) {
    fields.exclusive("predecessor", "namespace_hash");
    return new Lineage(
        version(fields),
        parsed(fields, "predecessor", SessionHash::parse, "64 hexadecimal digits"),
        parsed(fields, "namespace_hash", SessionHash::parse, "64 hexadecimal digits"),
        parsed(
            fields,
            "salt",
            text -> Optional.of(text).filter(t -> SALT.matcher(t).matches()),
            "32 hexadecimal digits"));
  }

  private String version(Fields fields) {
    var version = fields.text("version");
    if (version.isEmpty() && !fields.has("version")) {
      problems.add(
          oldLanguage(
              fields.spanOf("version"),
              "a session without `version` counts as one of version 0.1, which is not supported"));
    } else if (version.isPresent() && !VERSION.matcher(version.get().value()).matches()) {
      problems.add(unsupported(version.get()));
    }
    return version.map(Text::value).orElse("0.3");
  }

  private static Diagnostic unsupported(Text version) {
    var message =
        "version `%s` of the session language is not supported".formatted(version.quotable());
    return OLD_VERSION.matcher(version.value()).matches()
        ? oldLanguage(version.span(), message)
        : Diagnostic.error(DiagnosticId.NOT_SUPPORTED_YET, version.span(), message)
            .helped("supported versions: 0.3 to 0.3.12");
  }

  /// Returns a diagnostic for a session of version 0.1 or 0.2, with what its author must change.
  private static Diagnostic oldLanguage(Span span, String message) {
    return Diagnostic.error(DiagnosticId.NOT_SUPPORTED_YET, span, message)
        .helped("write `version: 0.3.10`, and check the session again")
        .helped(
            "since 0.3, `mrenclaves` belongs to a service or to its `attestation`, not to an"
                + " image, and `tags` and `digest` are gone");
  }

  private <T> Optional<T> parsed(
      Fields fields, String key, Function<String, Optional<T>> parse, String expected) {
    var text = fields.text(key);
    var value = text.flatMap(t -> parse.apply(t.value()));
    if (text.isPresent() && value.isEmpty()) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE,
              text.get().span(),
              "`%s` must be %s".formatted(key, expected)));
    }
    return value;
  }
}
