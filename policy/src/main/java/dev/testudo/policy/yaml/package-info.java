/// YAML text as a tree in which every node knows its place. Only this package
/// uses the YAML library.
package dev.testudo.policy.yaml;
