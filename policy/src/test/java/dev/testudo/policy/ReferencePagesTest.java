package dev.testudo.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.ReferencePage.Example;
import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.manifest.BuildKind;
import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SecretFormat;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.yaml.YamlWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The readers confirm what docs/manifests.md and docs/policy-language.md show, and the pages name
/// every key that the readers know.
class ReferencePagesTest {
  private static final String MANIFESTS = "manifests.md";
  private static final String SESSIONS = "policy-language.md";
  private static final Path READERS = Path.of("src/main/java/dev/testudo/policy");

  /// A key that does not exist in any language.
  private static final String FOREIGN = "qqqqqqqqqqqq";

  /// What is read with all its keys although it is refused in the end.
  private static final Set<String> REFUSED_AS_A_WHOLE = Set.of("not-supported-yet");

  private static final Set<String> OF_MESHES =
      Set.of("cas", "policy", "env", "services", "repo", "helm_extra_values", "extra_policies");

  /// The keys that complete a part of a session.
  private static final Map<String, String> SESSION = Map.of("name", "demo", "version", "0.3.10");

  /// The heading on a page under which the keys of each thing are, by the
  /// readers' name of the thing.
  private static final Map<String, String> MANIFEST_HEADINGS =
      Map.ofEntries(
          Map.entry("a service manifest", "## Service manifest"),
          Map.entry("`build`", "### build"),
          Map.entry("`signature`", "### build"),
          Map.entry("a volume of a manifest", "### volumes"),
          Map.entry("`environment`", "### environment"),
          Map.entry("a variable", "### environment"),
          Map.entry("`secrets`", "### secrets"),
          Map.entry("an injection file", "### injection_files"),
          Map.entry("a Meshfile", "## Meshfile"),
          Map.entry("a CAS", "### cas"),
          Map.entry("`policy`", "### policy"),
          Map.entry("a machine", "### policy"),
          Map.entry("`kata`", "### policy"),
          Map.entry("a block of `env`", "### env"),
          Map.entry("a value", "### env"),
          Map.entry("a service", "### services"),
          Map.entry("`repo`", "### repo"),
          Map.entry("an entry of `connects`", "### connects"),
          Map.entry("an entry of `public`", "### public"),
          Map.entry("`tls`", "### connects"));

  private static final Map<String, String> SESSION_HEADINGS =
      Map.ofEntries(
          Map.entry("a session", "## Top level"),
          Map.entry("a service", "## Services"),
          Map.entry("an attestation rule", "### Attestation rules"),
          Map.entry("a signer", "### Attestation rules"),
          Map.entry("`tdx`", "### Confidential virtual machines"),
          Map.entry("`rtmr`", "### Confidential virtual machines"),
          Map.entry("`pcrs`", "### Confidential virtual machines"),
          Map.entry("`sev_snp`", "### Confidential virtual machines"),
          Map.entry("`id_key`", "### Confidential virtual machines"),
          Map.entry("`tpm`", "### Machines with a TPM"),
          Map.entry("parts of a booted image", "### Machines with a TPM"),
          Map.entry("`min_tcb`", "### Confidential virtual machines"),
          Map.entry("a minimum of `min_tcb`", "### Confidential virtual machines"),
          Map.entry("an ignored advisory", "### Platforms"),
          Map.entry("an image", "## Images"),
          Map.entry("an injection file", "## Images"),
          Map.entry("a volume", "## Volumes"),
          Map.entry("`tag_sync`", "### Extensions"),
          Map.entry("a volume of an image", "## Volumes"),
          Map.entry("an export of a volume", "### Export and import of volumes"),
          Map.entry("`to`", "### Export and import of volumes"),
          Map.entry("`import` of a volume", "### Export and import of volumes"),
          Map.entry("a secret", "## Secrets"),
          Map.entry("`validity`", "## Secrets"),
          Map.entry("an export", "### Export and import"),
          Map.entry("`import`", "### Export and import"),
          Map.entry("`import_akv`", "### Key vaults"),
          Map.entry("`security`", "## Security"),
          Map.entry("`attestation`", "## Security"),
          Map.entry("`access_policy`", "## Access policy"));

  static List<Example> examples() throws IOException {
    var all = new ArrayList<Example>();
    for (var page : List.of(MANIFESTS, SESSIONS)) {
      all.addAll(completed(page));
    }
    return all;
  }

  /// Returns the examples of a page as whole files.
  private static List<Example> completed(String page) throws IOException {
    var shown = ReferencePage.read(page).examples();
    var completed = new ArrayList<Example>();
    for (var example : shown) {
      completed.add(isWhole(example) ? example : example.completedBy(base(example, shown)));
    }
    return completed;
  }

  private static boolean isWhole(Example example) {
    return example.text().startsWith("apiVersion:") || example.text().startsWith("name:");
  }

  private static Map<?, ?> base(Example part, List<Example> shown) {
    if (part.page().equals(SESSIONS)) {
      return SESSION;
    }
    var isMesh = part.plain().keySet().stream().anyMatch(OF_MESHES::contains);
    return isMesh
        ? first(shown, ManifestKind.MESH, "apiVersion", "kind", "cas", "policy", "services")
        : first(shown, ManifestKind.SERVICE, "apiVersion", "kind", "build");
  }

  /// Returns some keys of the first example of a kind.
  private static Map<?, ?> first(List<Example> shown, ManifestKind kind, String... keys) {
    var all = ofKind(shown, kind).getFirst().plain();
    Map<String, Object> some = new LinkedHashMap<>();
    for (var key : keys) {
      some.put(key, all.get(key));
    }
    return some;
  }

  private static List<Example> ofKind(List<Example> examples, ManifestKind kind) {
    return examples.stream()
        .filter(example -> ManifestKind.of(example.source()) == kind)
        .filter(ReferencePagesTest::isWhole)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleGivesTheDiagnosticsThatThePageNames(Example example) throws IOException {
    var found = diagnostics(example);
    var ids = found.stream().map(d -> d.id().text()).collect(Collectors.toSet());
    assertEquals(example.expected(), ids, () -> Diagnostics.render(found));
  }

  @Test
  void thePagesHaveExamplesThatAreRightAndExamplesThatAreNot() throws IOException {
    for (var page : List.of(MANIFESTS, SESSIONS)) {
      var wrong = completed(page).stream().filter(e -> !e.expected().isEmpty()).count();
      assertTrue(wrong >= 8, "%s: %d".formatted(page, wrong));
      assertTrue(completed(page).size() - wrong >= 6, page);
    }
  }

  private static List<Diagnostic> diagnostics(Example example) throws IOException {
    var source = example.source();
    if (example.page().equals(SESSIONS)) {
      return SessionParser.read(source, Map.of()).diagnostics();
    }
    var problems = new Problems();
    var shown = ReferencePage.read(MANIFESTS).examples();
    if (ManifestKind.of(source) == ManifestKind.SERVICE) {
      var manifest = problems.take(ServiceManifest.read(source));
      var firstImage = ofKind(shown, ManifestKind.SERVICE).getFirst().source();
      // A whole manifest of another image has its own mesh on the page.
      manifest
          .filter(m -> m.build().to().value().equals(manifest(firstImage).build().to().value()))
          .ifPresent(m -> problems.take(MeshPlan.resolve(mesh(minimalMesh(shown)), byImage(m))));
    } else {
      var manifests =
          byImage(
              ofKind(shown, ManifestKind.SERVICE).stream()
                  .map(e -> manifest(e.source()))
                  .toArray(ServiceManifest[]::new));
      var read = problems.take(Mesh.read(source));
      if (read.isPresent()) {
        var all = CuratedFiles.withCurated(manifests, read.get());
        problems.take(MeshPlan.resolve(read.get(), all));
      }
    }
    return problems.found();
  }

  private static SourceFile minimalMesh(List<Example> shown) {
    var keys = first(shown, ManifestKind.MESH, "apiVersion", "kind", "cas", "policy", "services");
    return new SourceFile("mesh.yaml", YamlWriter.write(keys));
  }

  private static Map<String, ServiceManifest> byImage(ServiceManifest... manifests) {
    return Arrays.stream(manifests).collect(Collectors.toMap(m -> m.build().to().value(), m -> m));
  }

  private static ServiceManifest manifest(SourceFile source) {
    return valid(ServiceManifest.read(source));
  }

  private static Mesh mesh(SourceFile source) {
    return valid(Mesh.read(source));
  }

  private static <T> T valid(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  @Test
  void everyKeyOfTheReadersStandsWhereItBelongs() throws IOException {
    var absent = absentKeys(MANIFESTS, MANIFEST_HEADINGS);
    absent.addAll(absentKeys(SESSIONS, SESSION_HEADINGS));
    assertEquals(new TreeSet<String>(), absent);
  }

  @Test
  void everyKeyOfManifestsAndMeshfilesHasAnExample() throws IOException {
    var shown = new TreeSet<String>();
    ReferencePage.read(MANIFESTS).examples().forEach(e -> addKeys(e.plain(), shown));
    var without = new TreeSet<String>();
    var known = knownKeys(MANIFESTS);
    MANIFEST_HEADINGS.keySet().forEach(what -> without.addAll(known.getOrDefault(what, Set.of())));
    without.removeAll(shown);
    assertEquals(new TreeSet<String>(), without);
  }

  private static void addKeys(Object value, Set<String> keys) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach(
              (key, inner) -> {
                keys.add(String.valueOf(key));
                addKeys(inner, keys);
              });
      case List<?> list -> list.forEach(item -> addKeys(item, keys));
      case null, default -> {}
    }
  }

  private static Set<String> absentKeys(String page, Map<String, String> headings)
      throws IOException {
    var absent = new TreeSet<String>();
    var text = ReferencePage.read(page);
    var known = knownKeys(page);
    headings.forEach(
        (what, heading) -> {
          var keys = known.getOrDefault(what, Set.of());
          assertTrue(!keys.isEmpty(), () -> page + " shows no " + what);
          var section = text.section(heading);
          keys.stream()
              .filter(key -> !section.contains("`" + key + "`"))
              .forEach(key -> absent.add("%s %s: %s".formatted(page, heading, key)));
        });
    return absent;
  }

  /// Returns the keys that the readers know, by the thing that has them. A reader lists them itself
  /// when it finds an unknown key, so one is put into every mapping of every example that is valid
  /// or refused as a whole.
  private static Map<String, Set<String>> knownKeys(String page) throws IOException {
    Map<String, Set<String>> known = new TreeMap<>();
    var pattern = Pattern.compile("unknown key `" + FOREIGN + "` in (.+)");
    for (var example : completed(page)) {
      if (REFUSED_AS_A_WHOLE.containsAll(example.expected())) {
        for (var changed : withForeignKey(example.plain())) {
          var text = YamlWriter.write(changed);
          var wrong = new Example(page, example.line(), text, Set.of());
          for (var found : diagnostics(wrong)) {
            var match = pattern.matcher(found.message());
            if (found.id() == DiagnosticId.UNKNOWN_KEY && match.matches()) {
              var listed = found.help().getFirst().replace("known keys: ", "");
              known
                  .computeIfAbsent(match.group(1), _ -> new TreeSet<>())
                  .addAll(List.of(listed.split(", ")));
            }
          }
        }
      }
    }
    return known;
  }

  /// Returns the value once for each mapping in it, with a foreign key in that mapping.
  private static List<Object> withForeignKey(Object value) {
    var all = new ArrayList<Object>();
    switch (value) {
      case Map<?, ?> map -> {
        Map<Object, Object> more = new LinkedHashMap<>(map);
        more.put(FOREIGN, "x");
        all.add(more);
        map.forEach(
            (key, inner) ->
                withForeignKey(inner)
                    .forEach(
                        changed -> {
                          Map<Object, Object> copy = new LinkedHashMap<>(map);
                          copy.put(key, changed);
                          all.add(copy);
                        }));
      }
      case List<?> list -> {
        for (var i = 0; i < list.size(); i++) {
          for (var changed : withForeignKey(list.get(i))) {
            var copy = new ArrayList<Object>(list);
            copy.set(i, changed);
            all.add(copy);
          }
        }
      }
      default -> {}
    }
    return all;
  }

  /// A new reader must be added to a page and to the headings.
  @Test
  void everyReaderOfKeysHasAHeading() throws IOException {
    var session = read("session/read");
    assertEquals(SESSION_HEADINGS.keySet(), session);
    assertEquals(MANIFEST_HEADINGS.keySet(), read("manifest"));
  }

  private static Set<String> read(String folder) throws IOException {
    var what = Pattern.compile("Keys\\.(?:of|varying)\\(\\s*\"([^\"]+)\"");
    var all = new TreeSet<String>();
    try (Stream<Path> files = Files.list(READERS.resolve(folder))) {
      for (var file : files.toList()) {
        what.matcher(Files.readString(file)).results().forEach(m -> all.add(m.group(1)));
      }
    }
    return all;
  }

  @Test
  void everyWordOfAChoiceIsNamed() throws IOException {
    var manifests = ReferencePage.read(MANIFESTS).text();
    var sessions = ReferencePage.read(SESSIONS).text();
    assertNamed(manifests, BuildKind.texts());
    assertNamed(sessions, Tolerance.texts());
    assertNamed(sessions, KeyType.texts());
    for (var kind : SecretKind.values()) {
      assertNamed(sessions, List.of(kind.text()));
      assertNamed(sessions, SecretFormat.spellingsFor(kind));
    }
  }

  private static void assertNamed(String page, List<String> words) {
    for (var word : words) {
      assertTrue(page.contains("`" + word + "`"), word);
    }
  }

  @Test
  void linksIntoPagesLeadToHeadings() throws IOException {
    var dead = new TreeSet<String>();
    for (var page : List.of(MANIFESTS, SESSIONS)) {
      for (var link : ReferencePage.read(page).links()) {
        var hash = link.indexOf('#');
        var anchors = ReferencePage.read(link.substring(0, hash)).anchors();
        if (!anchors.contains(link.substring(hash + 1))) {
          dead.add(page + " -> " + link);
        }
      }
    }
    assertEquals(new TreeSet<String>(), dead);
  }
}
