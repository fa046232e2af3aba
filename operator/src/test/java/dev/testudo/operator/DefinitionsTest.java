package dev.testudo.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.operator.resource.Cas;
import dev.testudo.operator.resource.ConfidentialMesh;
import dev.testudo.operator.resource.SconeCas;
import dev.testudo.operator.resource.SconeEncryptedPolicy;
import dev.testudo.operator.resource.SconeLas;
import dev.testudo.operator.resource.SconeSgxPlugin;
import dev.testudo.operator.resource.SconeSignedPolicy;
import dev.testudo.operator.resource.SignedPolicy;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The definitions of the chart are those that the types of this module give.
/// `-Dgolden.update=true` writes them.
class DefinitionsTest {
  private static final Path CHART = Path.of(System.getProperty("testudo.module"), "src/main/chart");

  @TempDir private Path scratch;

  @Test
  void ourDefinitionsAreThoseOfTheTypes() throws IOException {
    compare("definitions/testudo", List.of(SignedPolicy.class, Cas.class, ConfidentialMesh.class));
  }

  @Test
  void theDefinitionsOfSconesResourcesAreThoseOfTheTypes() throws IOException {
    compare(
        "definitions/scone",
        List.of(
            SconeSignedPolicy.class,
            SconeEncryptedPolicy.class,
            SconeCas.class,
            SconeLas.class,
            SconeSgxPlugin.class));
  }

  private void compare(String directory, List<Class<? extends HasMetadata>> types)
      throws IOException {
    new CRDGenerator()
        .customResourceClasses(types)
        .inOutputDir(scratch.toFile())
        .withMinQuotes(true)
        .generate();
    var stored = CHART.resolve(directory);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(stored);
      for (var made : texts(scratch).entrySet()) {
        Files.writeString(stored.resolve(made.getKey()), made.getValue());
      }
    }
    assertEquals(texts(scratch), texts(stored));
  }

  private static Map<String, String> texts(Path directory) throws IOException {
    var texts = new TreeMap<String, String>();
    for (var file : Arrays.asList(directory.toFile().listFiles())) {
      var name = file.getName().replaceFirst("-v1\\.yml$", ".yaml");
      texts.put(name, Files.readString(file.toPath()));
    }
    return texts;
  }
}
