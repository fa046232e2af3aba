package dev.testudo.cli.convert;

import java.util.Set;

/// Which labels and annotations converted pods keep.
final class PodMetadata {
  private static final Set<String> OF_CHART =
      Set.of(
          "app.kubernetes.io/name",
          "app.kubernetes.io/part-of",
          "app.kubernetes.io/instance",
          "app.kubernetes.io/managed-by",
          "helm.sh/chart",
          "pod-template-hash");

  private PodMetadata() {}

  /// Returns true for a label that the chart of a mesh sets itself, or a controller.
  static boolean isLabelOfChart(String label) {
    return OF_CHART.contains(label) || isOfController(label);
  }

  /// Returns true for a label that the controller of Jobs gives to each Job.
  static boolean isOfController(String label) {
    return label.matches("(batch\\.kubernetes\\.io/)?(controller-uid|job-name)");
  }

  /// Returns true for an annotation that must not stay: what kubectl applied last contains the
  /// environment, hashes of configuration (`checksum/…`, as charts have them) let one guess it, and
  /// ours have done their work.
  static boolean isDropped(String annotation) {
    return annotation.startsWith(ObjectAnnotations.PREFIX)
        || annotation.startsWith("checksum/")
        || annotation.equals("kubectl.kubernetes.io/last-applied-configuration")
        || annotation.equals("deployment.kubernetes.io/revision")
        || annotation.equals("deprecated.daemonset.template.generation");
  }
}
