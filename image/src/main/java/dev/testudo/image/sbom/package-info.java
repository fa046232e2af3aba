/// Software bills of materials of images, in the format CycloneDX 1.6: which packages the files of
/// an image say that they belong to. Everything that is read is hostile: sizes, counts and depths
/// have limits, and what cannot be read is a warning in the document.
@org.jspecify.annotations.NullMarked
package dev.testudo.image.sbom;
