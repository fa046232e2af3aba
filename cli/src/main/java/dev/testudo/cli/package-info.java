/// The commands: what a person types, checked and turned into calls of the packages below. The only
/// package that knows the argument parser.
package dev.testudo.cli;
