/// Loads a mesh from files: finds and reads the manifests of its images and plans the images.
package dev.testudo.cli.mesh;
