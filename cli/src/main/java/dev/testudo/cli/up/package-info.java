/// Runs a mesh on this machine: its state on disk, its addresses and its processes, from the first
/// start to the last stop.
package dev.testudo.cli.up;
