package dev.testudo.agent.program;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.view.ProgramFiles;
import dev.testudo.agent.view.ProgramFiles.Found;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.measure.Interpreter;
import dev.testudo.trust.measure.MeasuredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Finds the program in a policy's command line, and checks that it and its interpreters
/// were measured.
public final class MeasuredProgram {
  private static final int EXECUTABLE = 0111;

  private final Configuration configuration;
  private final ProgramFiles files;
  private final MeasuredImage image;

  private MeasuredProgram(Configuration configuration, ProgramFiles files, MeasuredImage image) {
    this.configuration = configuration;
    this.files = files;
    this.image = image;
  }

  /// Returns the file to execute. If the command line has no path, it is looked up in the program's
  /// view, in the directories of the policy's PATH.
  ///
  /// @throws AgentFailure if there is none, or if it or an interpreter of it was not measured, so
  ///     that attestation does not cover it
  public static Path locate(Configuration configuration, ProgramFiles files, MeasuredImage image)
      throws AgentFailure, IOException {
    return new MeasuredProgram(configuration, files, image).locate();
  }

  private Path locate() throws AgentFailure, IOException {
    var program = find(configuration.arguments().getFirst());
    requireInterpreters(program);
    return program;
  }

  /// Checks the interpreters. The program in a script's first line runs the script, so it must be
  /// measured, too.
  private void requireInterpreters(Path program) throws AgentFailure, IOException {
    var script = program;
    for (var depth = 0; depth <= Interpreter.MOST; depth++) {
      var interpreters = interpreters(script.toString());
      if (interpreters.isEmpty()) {
        return;
      }
      for (var interpreter : interpreters) {
        script = find(interpreter);
      }
    }
    throw AgentFailure.refused(
        "the program %s has more than %d interpreters".formatted(program, Interpreter.MOST));
  }

  /// Returns the interpreters of a program that [#find] has found.
  private List<String> interpreters(String path) throws IOException {
    return switch (files.find(path)) {
      case Found.Nothing _, Found.Directory _ -> List.of();
      case Found.PlacedFile(var place, _) -> placed(place);
      case Found.MachineFile(var file) -> {
        try (var in = Files.newInputStream(file)) {
          yield Interpreter.of(in.readNBytes(Interpreter.HEAD));
        }
      }
    };
  }

  /// Returns the interpreters of a file from policy or image. The policy's takes precedence.
  private List<String> placed(String path) {
    for (var file : configuration.files()) {
      if (file.path().equals(path)) {
        return file.content()
            .reveal(
                bytes ->
                    Interpreter.of(Arrays.copyOf(bytes, Math.min(bytes.length, Interpreter.HEAD))));
      }
    }
    for (var entry : image.entries()) {
      if (entry instanceof ImageEntry.RegularFile file && file.path().equals(path)) {
        return file.content().interpreters();
      }
    }
    return List.of();
  }

  /// Returns the measured program for `name`.
  private Path find(String name) throws AgentFailure, IOException {
    for (var candidate : candidates(name)) {
      switch (files.find(candidate)) {
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
      return List.of(configuration.start().workingDirectory().orElse("/") + "/" + name);
    }
    return SearchPath.of(configuration.environment()).directories().stream()
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> directory + "/" + name)
        .toList();
  }

  private void requireMeasured(String candidate, Path file) throws AgentFailure {
    for (var measured : image.description().hostFiles()) {
      if (measured.equals(file) || isSame(measured, file)) {
        return;
      }
    }
    throw AgentFailure.refused(
        "the program %s is not one of the measured files of image %s; build the image again with"
                .formatted(candidate, image.description().name())
            + " `testudo apply`");
  }

  private static boolean isSame(Path measured, Path file) {
    try {
      return measured.toRealPath().equals(file);
    } catch (IOException _) {
      return false; // a file that cannot be resolved is not the one that will be started
    }
  }
}
