/// Curated services: services that come with Testudo and need no service manifest.
package dev.testudo.cli.curated;
