/// Compressed streams: how layers and archives are decompressed, with limits, and compressed
/// deterministically.
package dev.testudo.image.compression;
