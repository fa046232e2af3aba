/// A decompressor for Zstandard (RFC 8878) that checks every index: it reads what strangers
/// compressed. docs/decisions/0060-layers.md says why it is our own.
package dev.testudo.image.zstd;
