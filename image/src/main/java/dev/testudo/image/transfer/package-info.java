/// Copies whole images from one place to another: several blobs at once, manifests last.
@org.jspecify.annotations.NullMarked
package dev.testudo.image.transfer;
