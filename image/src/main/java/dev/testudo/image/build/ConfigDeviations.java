package dev.testudo.image.build;

import dev.testudo.image.oci.ImageConfig;
import java.util.ArrayList;
import java.util.List;

/// The members of a confidential image's configuration that are not as Testudo writes them. Nothing
/// measures the configuration. User, exposed ports and stop signal are free.
public final class ConfigDeviations {
  private ConfigDeviations() {}

  /// Returns the names of the members, such as `config.Env`.
  public static List<String> of(ImageConfig config) {
    var found = config.container();
    var written = ConfidentialImage.config(config, config.diffIds()).container();
    var names = new ArrayList<String>();
    add(names, "Entrypoint", found.entrypoint(), written.entrypoint());
    add(names, "Cmd", found.command(), written.command());
    add(names, "Env", found.environment(), written.environment());
    add(names, "WorkingDir", found.workingDirectory(), written.workingDirectory());
    add(names, "Volumes", found.volumes(), written.volumes());
    add(names, "Healthcheck", found.healthcheck(), written.healthcheck());
    add(names, "Labels", found.labels(), written.labels());
    found.others().keySet().forEach(name -> names.add("config." + name));
    if (!config.history().isEmpty()) {
      names.add("history");
    }
    names.addAll(config.others().keySet());
    return List.copyOf(names);
  }

  private static <T> void add(List<String> names, String name, T found, T written) {
    if (!found.equals(written)) {
      names.add("config." + name);
    }
  }
}
