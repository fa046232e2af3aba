/// Manifests of Gramine, and how they are written. They have none of its insecure settings.
package dev.testudo.gramine.manifest;
