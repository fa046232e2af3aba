package dev.testudo.agent;

import dev.testudo.agent.view.ProgramView;
import dev.testudo.agent.view.ProgramView.Found;
import dev.testudo.trust.attest.MeasuredImage;
import dev.testudo.trust.channel.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Finds the program that a command line names, and makes sure it is part of what was measured.
final class ProgramFile {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final int EXECUTABLE = 0111;

  private final Configuration configuration;
  private final ProgramView view;
  private final MeasuredImage image;

  private ProgramFile(Configuration configuration, ProgramView view, MeasuredImage image) {
    this.configuration = configuration;
    this.view = view;
    this.image = image;
  }

  /// The file to execute. It is looked for in the program's view: in the directories of the
  /// policy's PATH, unless the command line has a path.
  ///
  /// @throws AgentFailure when there is none, or when it is not a measured file: then attestation
  ///     has said nothing about it
  static Path locate(Configuration configuration, ProgramView view, MeasuredImage image)
      throws AgentFailure, IOException {
    return new ProgramFile(configuration, view, image).locate();
  }

  private Path locate() throws AgentFailure, IOException {
    var name = configuration.arguments().getFirst();
    for (var candidate : candidates(name)) {
      switch (view.find(candidate)) {
        case Found.Nothing _, Found.Directory _ -> {}
        case Found.PlacedFile(_, var mode) -> {
          if ((mode & EXECUTABLE) != 0) {
            return Path.of(candidate);
          }
        }
        case Found.MachineFile(var file) -> {
          if (Files.isExecutable(file)) {
            requireMeasured(candidate, file);
            return Path.of(candidate);
          }
        }
      }
    }
    throw AgentFailure.refused(
        ("the policy's program `%s` is neither in the image nor in what programs see of"
                + " this machine (looked at %s)")
            .formatted(name, String.join(", ", candidates(name))));
  }

  private List<String> candidates(String name) {
    if (name.startsWith("/")) {
      return List.of(name);
    }
    if (name.indexOf('/') >= 0) {
      return List.of(configuration.workingDirectory().orElse("/") + "/" + name);
    }
    var path =
        Optional.ofNullable(configuration.environment().get("PATH"))
            .filter(p -> !p.isEmpty())
            .orElse(DEFAULT_PATH);
    return List.of(path.split(":")).stream()
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> directory + "/" + name)
        .toList();
  }

  private void requireMeasured(String candidate, Path file) throws AgentFailure {
    for (var measured : image.hostFiles()) {
      if (measured.equals(file) || isSame(measured, file)) {
        return;
      }
    }
    throw AgentFailure.refused(
        "the program %s is not one of the measured files of image %s; build the image again with"
                .formatted(candidate, image.name())
            + " `testudo apply`");
  }

  private static boolean isSame(Path measured, Path file) {
    try {
      return measured.toRealPath().equals(file);
    } catch (IOException _) {
      return false; // what cannot be looked up is not what will be started
    }
  }
}
