/// Pictures of meshes: services, the connections between them, and what protects each.
package dev.testudo.cli.graph;
