package dev.testudo.image.oci;

/// Names of annotations that the specification defines (OCI image-spec, annotations.md).
public final class Annotations {
  /// The tag of a manifest in a layout.
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  private Annotations() {}
}
