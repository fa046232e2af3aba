package dev.testudo.policy.session.read;

import dev.testudo.policy.session.ConfigFragment;
import dev.testudo.policy.session.Insertion;
import dev.testudo.policy.session.OpenPlace;
import dev.testudo.policy.session.OpenPlace.Area;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.ScalarType;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Inserts values for the placeholders in the structure of a session: in `security`, in
/// `access_policy`, and in what services demand of evidence. A config fragment is inserted as YAML,
/// a list among the items of the surrounding list; an `ascii` or `binary` secret as a single value.
/// Inserted values are not searched for placeholders.
///
/// A value that the session's text does not give is known only when CAS decides on a request. Until
/// then its place is open, and the placeholder stays.
final class Splicing {
  /// What every placeholder begins with.
  static final String MARK = "$$SCONE:";

  /// The keys of a service that may contain placeholders in their structure.
  private static final Set<String> OF_SERVICES = Set.of("attestation", "mrenclaves", "platforms");

  /// The keys of `security` with values in which placeholders are text.
  private static final Set<String> TEXTS = Set.of("service_access_token", PasswordReader.KEY);

  private final Map<String, SecretDefinition> secrets;
  private final Set<String> names;
  private final Map<OpenPlace, Insertion> values;
  private final Problems problems;
  private final Set<OpenPlace> open = new LinkedHashSet<>();
  private final List<Span> openSpans = new ArrayList<>();
  private int inserted;

  /// Creates a splicing.
  ///
  /// @param secrets the definitions that could be read, by name
  /// @param names the names of all definitions
  /// @param values what is inserted at open places
  Splicing(
      Map<String, SecretDefinition> secrets,
      Set<String> names,
      Map<OpenPlace, Insertion> values,
      Problems problems) {
    this.secrets = secrets;
    this.names = names;
    this.values = values;
    this.problems = problems;
  }

  /// Returns the places that stay open.
  Set<OpenPlace> open() {
    return open;
  }

  /// Adds the diagnostics about a session's structure to `problems`, without those about open
  /// places, which say nothing about the value that will be there.
  void report(Problems structure) {
    structure.found().stream()
        .filter(d -> openSpans.stream().noneMatch(span -> d.span().isWithin(span)))
        .forEach(problems::add);
  }

  /// Returns true if a node is a placeholder, which stays where its value is not known.
  static boolean isPlaceholder(YamlNode node) {
    return node instanceof Scalar scalar && scalar.text().startsWith(MARK);
  }

  /// Returns the session with values for its placeholders.
  Mapping session(Mapping session) {
    var entries = new ArrayList<Entry>();
    for (var entry : session.entries()) {
      var value =
          switch (entry.key().text()) {
            case "security" -> tree(entry.value(), Area.SECURITY);
            case "access_policy" -> tree(entry.value(), Area.ACCESS_POLICY);
            case "services" -> services(entry.value());
            default -> entry.value();
          };
      entries.add(new Entry(entry.key(), value));
    }
    return new Mapping(session.span(), entries);
  }

  private YamlNode services(YamlNode node) {
    return switch (node) {
      case Sequence(var span, var items) ->
          new Sequence(span, items.stream().map(this::services).toList());
      case Mapping(var span, var entries) ->
          new Mapping(
              span,
              entries.stream()
                  .map(
                      entry ->
                          OF_SERVICES.contains(entry.key().text())
                              ? new Entry(entry.key(), tree(entry.value(), Area.SERVICES))
                              : entry)
                  .toList());
      case Scalar _ -> node;
    };
  }

  private YamlNode tree(YamlNode node, Area area) {
    return switch (node) {
      case Mapping(var span, var entries) ->
          new Mapping(
              span,
              entries.stream()
                  .map(e -> isText(e) ? e : new Entry(e.key(), tree(e.value(), area)))
                  .toList());
      case Sequence(var span, var items) -> {
        var all = new ArrayList<YamlNode>();
        for (var item : items) {
          var value = tree(item, area);
          if (isPlaceholder(item) && value instanceof Sequence(_, var many)) {
            all.addAll(many);
          } else {
            all.add(value);
          }
        }
        yield new Sequence(span, all);
      }
      case Scalar scalar -> scalar.text().contains(MARK) ? value(scalar, area) : scalar;
    };
  }

  /// Returns true for a value in which placeholders are text, as in a variable.
  private static boolean isText(Entry entry) {
    return TEXTS.contains(entry.key().text());
  }

  private YamlNode value(Scalar scalar, Area area) {
    var template = RuntimeTemplate.parse(scalar.located(), names, problems);
    if (template.placeholders().isEmpty()) {
      if (template.isOnePlaceholder()) {
        problems.add(
            Diagnostic.error(
                DiagnosticId.MALFORMED_PLACEHOLDER,
                scalar.span(),
                "the software identity cannot be part of a policy"));
      }
      // What is wrong with the placeholder is reported already.
      openSpans.add(scalar.span());
      return scalar;
    }
    var placeholder = template.placeholders().getFirst();
    if (template.parts().size() > 1 || placeholder.escapeJson()) {
      openSpans.add(scalar.span());
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MALFORMED_PLACEHOLDER,
                  scalar.span(),
                  "a placeholder stands alone here")
              .helped("write `$$SCONE::%s$$` and nothing else".formatted(placeholder.secret())));
      return scalar;
    }
    return value(scalar, placeholder, area);
  }

  private YamlNode value(Scalar scalar, Placeholder placeholder, Area area) {
    var secret = Optional.ofNullable(secrets.get(placeholder.secret().value()));
    var kind = secret.flatMap(SecretDefinition::kind);
    if (!isSuitable(placeholder, kind, area)) {
      if (area != Area.ACCESS_POLICY) {
        openSpans.add(scalar.span());
      }
      return scalar;
    }
    if (secret.isPresent() && secret.get() instanceof SecretDefinition.Fragment(_, var fragment)) {
      return inserted(scalar, fragment);
    }
    if (area == Area.ACCESS_POLICY
        && kind.filter(k -> k != SecretKind.CONFIG_FRAGMENT).isPresent()) {
      // The reader of access policies knows what such a secret names.
      return scalar;
    }
    var place = new OpenPlace(placeholder.secret(), placeholder.format(), area);
    return switch (values.get(place)) {
      case Insertion.Structure(var fragment) -> inserted(scalar, fragment);
      case Insertion.Characters(var text) -> new Scalar(scalar.span(), text, ScalarType.STRING);
      case Insertion.Nothing _ -> scalar;
      case null -> {
        open.add(place);
        openSpans.add(scalar.span());
        yield scalar;
      }
    };
  }

  private YamlNode inserted(Scalar scalar, ConfigFragment fragment) {
    inserted += size(fragment.value());
    if (inserted > Yaml.MAX_NODES) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.YAML_LIMIT,
              scalar.span(),
              "the fragments of a session insert at most %d nodes".formatted(Yaml.MAX_NODES)));
      return scalar;
    }
    return fragment.value();
  }

  private static int size(YamlNode node) {
    return switch (node) {
      case Mapping(_, var entries) ->
          1 + entries.stream().mapToInt(entry -> size(entry.value())).sum();
      case Sequence(_, var items) -> 1 + items.stream().mapToInt(Splicing::size).sum();
      case Scalar _ -> 1;
    };
  }

  /// Returns true if a secret of the given kind, as far as it is known, can be used in an area;
  /// reports it otherwise.
  private boolean isSuitable(Placeholder placeholder, Optional<SecretKind> kind, Area area) {
    if (kind.isEmpty()) {
      return true;
    }
    var names = area == Area.ACCESS_POLICY;
    var suits =
        switch (kind.get()) {
          case CONFIG_FRAGMENT -> placeholder.format().isDefault();
          case ASCII -> placeholder.format().suits(kind.get());
          case BINARY ->
              !names
                  && placeholder.format().suits(kind.get())
                  && !placeholder.format().isBinary(kind.get());
          case X509, X509_CA -> names && placeholder.format().suits(kind.get());
          case PRIVATE_KEY, PUBLIC_KEY, PGP_KEY, JWT -> false;
        };
    if (!suits) {
      problems.add(names ? nobody(placeholder, kind.get()) : unsuitable(placeholder, kind.get()));
    }
    return suits;
  }

  /// Warns that an entry of an access policy permits nobody, which the language allows.
  private static Diagnostic nobody(Placeholder placeholder, SecretKind kind) {
    return Diagnostic.warning(
            DiagnosticId.UNSUITABLE_SECRET,
            placeholder.span(),
            "secret `%s` names no caller".formatted(placeholder.secret()))
        .labelled("its kind is `%s`, so this permits nobody".formatted(kind))
        .helped("use a certificate, an `ascii` secret, or a `config-fragment` without a format");
  }

  private static Diagnostic unsuitable(Placeholder placeholder, SecretKind kind) {
    var binary = kind == SecretKind.BINARY;
    return Diagnostic.error(
            binary ? DiagnosticId.UNSUITABLE_FORMAT : DiagnosticId.UNSUITABLE_SECRET,
            placeholder.span(),
            "secret `%s` cannot be part of a policy in this form".formatted(placeholder.secret()))
        .labelled("its kind is `%s`".formatted(kind))
        .helped(
            binary
                ? "choose a text format such as `:hex`"
                : "use a `config-fragment`, or an `ascii` or `binary` secret as text");
  }
}
