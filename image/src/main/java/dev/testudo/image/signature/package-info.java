/// Signatures of images, as cosign makes and verifies them: a manifest with signed payloads lies
/// beside the image (cosign, SIGNATURE_SPEC.md).
@org.jspecify.annotations.NullMarked
package dev.testudo.image.signature;
