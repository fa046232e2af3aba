package dev.testudo.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A CAS, and agents of services with encrypted volumes. Each is a process of its own that can be
/// stopped and killed. Needs root.
final class VolumeWorkshop implements AutoCloseable {
  private final Path folder;
  private final List<String> options;
  private final Map<String, Integer> starts = new HashMap<>();
  private final List<RunningAgent> agents = new ArrayList<>();
  private RunningCas cas;

  private VolumeWorkshop(Path folder, List<String> options, RunningCas cas) {
    this.folder = folder;
    this.options = options;
    this.cas = cas;
  }

  /// Starts a CAS.
  ///
  /// @param folder where everything is
  /// @param lease how long a mount has a volume unless it renews its lease
  /// @param visible folders of the machine that the programs see
  static VolumeWorkshop in(Path folder, Duration lease, Path... visible) throws IOException {
    var image = folder.resolve("image");
    Directories.copy(
        Command.ROOT.resolve("it/src/test/resources/volume-load"), image.resolve("root/app"));
    Files.writeString(
        image.resolve("image.json"),
        "{\"name\":\"it\",\"files\":[\"%s\"],\"host_paths\":[%s]}"
            .formatted(
                Path.of("/usr/bin/python3").toRealPath(),
                Stream.of(visible).map("\"%s\""::formatted).collect(Collectors.joining(","))));
    return again(folder, lease);
  }

  /// Starts the CAS of a folder in which there was a workshop.
  static VolumeWorkshop again(Path folder, Duration lease) throws IOException {
    var options = List.of("--volume-lease", Long.toString(lease.toSeconds()));
    return new VolumeWorkshop(folder, options, RunningCas.start(folder.resolve("cas"), 0, options));
  }

  /// Registers the session `app` with services that run Python, each with a volume at `/data`.
  ///
  /// @param terms further fields of the volumes, in YAML
  /// @param services the words after `python3`, by name
  void services(String terms, Map<String, String> services) throws IOException {
    var runs = new StringBuilder();
    var images = new StringBuilder();
    var volumes = new StringBuilder();
    services.forEach(
        (name, words) -> {
          runs.append(
              """
                - name: %s
                  image_name: %s
                  command: [/usr/bin/python3, %s]
                  pwd: /
                  environment: {PATH: "/usr/bin:/bin", LC_ALL: C.UTF-8}
              """
                  .formatted(name, name, words));
          images.append(
              "  - {name: %s, volumes: [{name: %s, path: /data}]}%n".formatted(name, name));
          volumes.append("  - {name: %s%s}%n".formatted(name, terms.isEmpty() ? "" : ", " + terms));
        });
    cas.register(
        """
        name: app
        version: "0.3.12"
        security: {attestation: {mode: none}}
        services:
        %simages:
        %svolumes:
        %s\
        """
            .formatted(runs, images, volumes));
  }

  /// Starts the agent of a service as root.
  RunningAgent start(String service) throws IOException {
    return start(service, List.of("unshare", "--mount"));
  }

  /// Starts the agent of a service by a command that runs the words after it.
  RunningAgent start(String service, List<String> by) throws IOException {
    int number = starts.merge(service, 1, Integer::sum);
    var words = new ArrayList<>(by);
    words.addAll(List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"));
    words.addAll(List.of("--", Command.LAUNCHER.toString(), "agent", "run"));
    words.addAll(List.of("--cas", cas.address().toString(), "--cas-key", cas.key().text()));
    words.addAll(List.of("--service", "app/" + service, "--cas-wait-seconds", "600"));
    words.addAll(List.of("--image", folder.resolve("image").toString()));
    words.addAll(List.of("--volumes", folder.resolve("volumes").toString()));
    var agent = RunningAgent.start(words, folder.resolve("%s-%d.log".formatted(service, number)));
    agents.add(agent);
    return agent;
  }

  /// The directory with the encrypted files of a service's volume.
  Path stored(String service) {
    return folder.resolve("volumes/app").resolve(service);
  }

  RunningCas cas() {
    return cas;
  }

  void killCas() throws InterruptedException {
    cas.kill();
  }

  /// Starts CAS again, with its state and at its address.
  void restartCas() throws IOException {
    cas = RunningCas.start(folder.resolve("cas"), cas.port(), options);
  }

  @Override
  public void close() throws IOException {
    try {
      for (var agent : agents) {
        agent.kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cas.close();
  }
}
