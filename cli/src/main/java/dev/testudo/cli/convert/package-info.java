/// Converts Kubernetes objects into a Meshfile and service manifests. Pure: text in, text out.
package dev.testudo.cli.convert;
