package dev.testudo.policy.session.read;

import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Declaration;
import dev.testudo.policy.session.SecretDefinition.Imported;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads secrets. They may refer to each other in any order, so each is read when it is first
/// needed and then cached.
public final class SecretReader {
  /// The most secrets in a chain of references: the certificates from leaf to root,
  /// and the leaf's key.
  private static final int MAX_CHAIN = 16;

  private final SessionName session;
  private final Problems problems;
  private final Map<String, Draft> drafts = new LinkedHashMap<>();
  private final Map<String, Optional<SecretDefinition>> done = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  /// A secret whose name is known but whose definition has not been read yet.
  private record Draft(Text name, Fields fields) {}

  private SecretReader(SessionName session, Problems problems) {
    this.session = session;
    this.problems = problems;
  }

  /// Returns a reader for the secrets of a session.
  ///
  /// @param session the session that relative references start from
  public static SecretReader ofSession(SessionName session, Problems problems) {
    return new SecretReader(session, problems);
  }

  /// Returns a reader for the secrets of a manifest, some of which come from other services.
  ///
  /// @param session the session that relative references start from
  /// @param imported names of secrets of other services, of which nothing else is known
  public static SecretReader ofManifest(
      SessionName session, List<Text> imported, Problems problems) {
    var reader = new SecretReader(session, problems);
    for (var text : imported) {
      SecretName.parse(text.value()).ifPresent(name -> reader.addImported(name, text));
    }
    return reader;
  }

  private void addImported(SecretName name, Text text) {
    var declaration = new Declaration(name, text.span(), List.of(), false);
    var secret =
        new Imported(declaration, SessionName.ROOT, Optional.empty(), name, Optional.empty());
    done.put(name.value(), Optional.of(secret));
  }

  /// Reads the items of a `secrets` list.
  public List<SecretDefinition> readAll(List<YamlNode> nodes) {
    var names = new ArrayList<Text>();
    for (var node : nodes) {
      Fields.of(node, SecretKeys.SECRET, problems).ifPresent(fields -> draft(fields, names));
    }
    Names.areDistinct("secret", names, problems);
    // If a name is both defined and imported, the definition counts here; the conflict is
    // reported elsewhere.
    drafts.keySet().forEach(done::remove);
    return List.copyOf(drafts.keySet()).stream().flatMap(n -> definition(n).stream()).toList();
  }

  private void draft(Fields fields, List<Text> names) {
    var name = fields.requiredText("name");
    if (name.isPresent()) {
      names.add(name.get());
      drafts.putIfAbsent(name.get().value(), new Draft(name.get(), fields));
    }
  }

  /// Returns the names of all secrets, including those that could not be read.
  public Set<String> names() {
    var names = new LinkedHashSet<>(drafts.keySet());
    names.addAll(done.keySet());
    return names;
  }

  private Optional<SecretDefinition> definition(String name) {
    var earlier = done.get(name);
    if (earlier != null) {
      return earlier;
    }
    open.add(name);
    var definition = Optional.ofNullable(drafts.get(name)).flatMap(this::read);
    open.remove(name);
    done.put(name, definition);
    return definition;
  }

  private Optional<SecretDefinition> read(Draft draft) {
    var fields = draft.fields();
    var name = Names.secret(draft.name(), problems);
    // Read a secret with an invalid name under a stand-in, to report its other errors, too.
    var readable = name.orElse(new SecretName("unnamed"));
    var exports = new ExportReader(session, problems).read(fields);
    var isPublic = fields.flag("export_public").orElse(false);
    var declaration = new Declaration(readable, draft.name().span(), exports, isPublic);
    fields.exclusive("import", "import_akv");
    var definition = definition(fields, declaration);
    return name.isPresent() ? definition : Optional.empty();
  }

  private Optional<SecretDefinition> definition(Fields fields, Declaration declaration) {
    if (fields.has("import")) {
      return new ImportReader(session, problems).read(fields, declaration);
    }
    if (fields.has("import_akv")) {
      new AzureReader(this, problems).imported(fields);
      return Optional.empty();
    }
    var kind = fields.requiredText("kind");
    if (kind.isEmpty()) {
      fields.noUndeclared();
      return Optional.empty();
    }
    if (kind.get().value().equals(AzureReader.TOKEN_KIND)) {
      new AzureReader(this, problems).token(fields, kind.get());
      return Optional.empty();
    }
    var supported = SecretKind.parse(kind.get().value());
    if (supported.isEmpty()) {
      SecretKinds.reportUnsupported(kind.get(), problems);
      fields.noUndeclared();
      return Optional.empty();
    }
    var definition = new KindReader(this, declaration, problems).read(supported.get(), fields);
    fields.noOthers();
    return definition;
  }

  /// Returns the secret that `reference` names if it is of the given type; reports the
  /// reference otherwise.
  ///
  /// @param wanted the type as messages call it: "a private key"
  <T extends SecretDefinition> Optional<T> reference(Text reference, Class<T> type, String wanted) {
    var name = reference.value();
    if (!drafts.containsKey(name) && !done.containsKey(name)) {
      reportUnknown(reference);
      return Optional.empty();
    }
    if (open.contains(name)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.CIRCULAR_REFERENCE,
                  reference.span(),
                  "secret `%s` depends on itself".formatted(name))
              .labelled("this reference closes the cycle"));
      return Optional.empty();
    }
    if (open.size() > MAX_CHAIN) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.UNSUITABLE_SECRET,
              reference.span(),
              "a chain of more than %d secrets that depend on each other".formatted(MAX_CHAIN)));
      return Optional.empty();
    }
    var secret = definition(name);
    if (secret.isPresent() && !type.isInstance(secret.get())) {
      reportUnsuitable(reference, secret.get(), wanted);
    }
    return secret.filter(type::isInstance).map(type::cast);
  }

  private void reportUnknown(Text reference) {
    var diagnostic =
        Diagnostic.error(
                DiagnosticId.UNKNOWN_SECRET,
                reference.span(),
                "secret `%s` is not defined".formatted(reference.quotable()))
            .labelled("not defined in this file");
    problems.addSuggesting(diagnostic, names(), reference.value());
  }

  private void reportUnsuitable(Text reference, SecretDefinition secret, String wanted) {
    var kind = secret.kind().map(SecretKind::text).orElse("imported secret");
    problems.add(
        Diagnostic.error(
                DiagnosticId.UNSUITABLE_SECRET,
                reference.span(),
                "`%s` is not %s".formatted(reference.value(), wanted))
            .labelled("its kind is `%s`".formatted(kind))
            .helped("it is defined at " + secret.declaration().span().place()));
  }
}
