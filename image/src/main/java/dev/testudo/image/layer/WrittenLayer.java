package dev.testudo.image.layer;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;

/// A layer that was written.
///
/// @param blob how manifests name it
/// @param diffId how configurations name it: the digest of the uncompressed layer
public record WrittenLayer(Descriptor blob, Digest diffId) {}
