/// Layers: read as streams from hostile sources, indexed, merged into the tree of an image, and
/// written deterministically.
package dev.testudo.image.layer;
