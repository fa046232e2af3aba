/// Helm charts of meshes. A chart contains the identifiers by which services find CAS and their
/// policies, and nothing that is secret or that a program depends on.
package dev.testudo.cli.chart;
