/// Builds the image of a service manifest, and keeps a record of what was built.
package dev.testudo.cli.build;
