package dev.testudo.image.layer;

import dev.testudo.image.tar.FileAttributes;

/// An entry of a layer.
///
/// @param path the path in the image: absolute, without `.` and `..`. That of a whiteout is the
///     path that is removed
/// @param node what it is
/// @param attributes mode, owner, time and extended attributes
public record LayerEntry(String path, LayerNode node, FileAttributes attributes) {}
