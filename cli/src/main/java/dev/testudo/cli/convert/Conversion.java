package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The files that a conversion makes, and what a person must know about them.
///
/// @param files in the order in which they are listed
/// @param report lines for the terminal
public record Conversion(List<OutputFile> files, List<String> report) {
  public Conversion {
    files = List.copyOf(files);
    report = List.copyOf(report);
  }

  /// A file to write.
  ///
  /// @param path relative to the output directory
  /// @param isSecret true if only its owner may read it
  public record OutputFile(String path, String text, boolean isSecret) {
    /// Returns the path only: the text may be secret.
    @Override
    public String toString() {
      return path;
    }
  }

  /// What the user chooses.
  ///
  /// @param registry what precedes the names of the new images, such as `registry.example.org/shop`
  /// @param namespace the namespace of the mesh, if it is not that of the objects
  /// @param commands command lines of services whose pods give none
  /// @param generate names of Secrets, or `SECRET/KEY`, whose content CAS generates
  public record Choices(
      String registry,
      Optional<String> namespace,
      Map<String, String> commands,
      Set<String> generate) {
    public Choices {
      commands = Map.copyOf(commands);
      generate = Set.copyOf(generate);
    }
  }

  /// Converts the objects in `files`. Reports everything that is wrong with them at once.
  public static Parsed<Conversion> of(List<SourceFile> files, Choices choices) {
    return new Converter(choices).convert(files);
  }

  /// Returns a diagnostic for a file of Kubernetes objects that is given where something else is
  /// expected, or nothing for any other file.
  public static Optional<Diagnostic> foreign(SourceFile file) {
    return Documents.foreign(file);
  }
}
