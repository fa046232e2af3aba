/// From files to a mesh that can be deployed: reading them, finding the manifests of a mesh's
/// images, making the images, writing the sessions.
package dev.testudo.cli.mesh;
