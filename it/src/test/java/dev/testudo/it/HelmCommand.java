package dev.testudo.it;

import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Helm as a command, for a process in the network of a cluster. The cluster is that of
/// `KUBECONFIG`.
///
/// ```
/// install RELEASE CHART [NAME=VALUE ...]
/// upgrade RELEASE CHART [NAME=VALUE ...]
/// uninstall RELEASE
/// template RELEASE CHART
/// ```
final class HelmCommand {
  private static final String NAMESPACE = "default";
  private static final Path OPERATOR = Path.of("operator/src/main/chart");

  private HelmCommand() {}

  /// Returns the words that start this program.
  static List<String> words() {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return List.of(
        java, "--enable-native-access=ALL-UNNAMED", "-cp", classes, HelmCommand.class.getName());
  }

  public static void main(String[] words) {
    var release = words[1];
    System.out.println(
        switch (words[0]) {
          case "install" -> install(release, Path.of(words[2]), values(words));
          case "upgrade" -> upgrade(release, Path.of(words[2]), values(words));
          case "uninstall" -> Helm.uninstall(release).withNamespace(NAMESPACE).call();
          case "template" -> new Helm(Path.of(words[2])).template().withName(release).call();
          default -> throw new IllegalArgumentException(words[0]);
        });
  }

  private static String[][] values(String... words) {
    return Arrays.stream(words).skip(3).map(word -> word.split("=", 2)).toArray(String[][]::new);
  }

  private static String install(String release, Path chart, String[]... values) {
    var install = new Helm(chart).install().withName(release).withNamespace(NAMESPACE);
    if (chart.endsWith(OPERATOR)) {
      // Its definitions have rules that Kubernetes knows since 1.25, and ignores before.
      install.disableOpenApiValidation();
    }
    for (var value : values) {
      install.set(value[0], value[1]);
    }
    return install.call().getOutput();
  }

  private static String upgrade(String release, Path chart, String[]... values) {
    var upgrade =
        new Helm(chart).upgrade().withName(release).withNamespace(NAMESPACE).resetValues();
    for (var value : values) {
      upgrade.set(value[0], value[1]);
    }
    return upgrade.call().getOutput();
  }
}
