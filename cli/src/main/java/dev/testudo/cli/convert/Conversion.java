package dev.testudo.cli.convert;

import dev.testudo.cli.chart.ChartOrder.CasIdentity;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.ImageName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
  /// @param commands command lines of services whose pods give none
  /// @param generate names of Secrets, or `SECRET/KEY`, whose content CAS generates
  /// @param plainVolumes names of volumes that the operator may read
  /// @param images how containers of images start, by the name that pods have; empty if images are
  ///     not read
  /// @param inPlace the CAS of the pods, if the objects are written again with confidential pods
  public record Choices(
      Target target,
      Map<String, String> commands,
      Set<String> generate,
      Set<String> plainVolumes,
      Map<String, ContainerConfig> images,
      Optional<CasIdentity> inPlace) {
    public Choices {
      commands = Map.copyOf(commands);
      generate = Set.copyOf(generate);
      plainVolumes = Set.copyOf(plainVolumes);
      images = Map.copyOf(images);
    }
  }

  /// What the mesh is called, and what it tolerates.
  ///
  /// @param registry what precedes the names of the new images, such as `registry.example.org/shop`
  /// @param namespace the namespace of the mesh, if it is not that of the objects
  /// @param tolerate weaknesses that services may have, as `policy.tolerate` of a Meshfile
  public record Target(String registry, Optional<String> namespace, List<String> tolerate) {
    public Target {
      tolerate = List.copyOf(tolerate);
    }
  }

  /// Returns the well-formed names of the images that the pods of the objects have, without those
  /// of objects that stay as they are. Mistakes are found later.
  public static Set<String> images(List<SourceFile> files) {
    var tree = new Tree(new Problems());
    var objects = new Documents(tree.problems()).read(files);
    var images = new TreeSet<String>();
    for (var workload : Cluster.of(objects, tree, new Report()).workloads()) {
      workload.containers().forEach(container -> images.add(container.image().value()));
    }
    images.removeIf(image -> ImageName.parse(image).isEmpty());
    return images;
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
