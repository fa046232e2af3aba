package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.Names;
import dev.testudo.policy.session.read.SecretReader;
import dev.testudo.policy.session.rule.PrivateSecretsStayPrivate;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Checks that the secrets of a manifest are valid definitions of the session language, as far as
/// that is known without the mesh.
final class SecretsAreSound {
  /// Stands for the session that the service will get. Its name is not known yet; relative
  /// references resolve from any session.
  private static final SessionName SOME_SESSION = new SessionName("namespace/service");

  private SecretsAreSound() {}

  static void check(ManifestSecrets secrets, Problems problems) {
    var found = new Problems();
    var definitions = secrets.defined().stream().map(Fragment::definition).toList();
    var read =
        SecretReader.ofManifest(SOME_SESSION, secrets.imported(), found)
            .readAll(List.copyOf(definitions));
    PrivateSecretsStayPrivate.check(read, found);
    CertainProblems.add(found, definitions, problems);

    secrets.imported().forEach(name -> Names.secret(name, problems));
    Names.areDistinct("secret", definedOnceThenImported(secrets), problems);
  }

  /// Lists each defined name once, followed by the imported names. The reader of the definitions
  /// has already reported a name that is defined twice.
  private static List<Text> definedOnceThenImported(ManifestSecrets secrets) {
    Map<String, Text> defined = new LinkedHashMap<>();
    secrets.defined().forEach(f -> defined.putIfAbsent(f.name().value(), f.name()));
    return Stream.concat(defined.values().stream(), secrets.imported().stream()).toList();
  }
}
