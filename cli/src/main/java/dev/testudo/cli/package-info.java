/// The commands: they check what a person types and call the packages below. Only this package uses
/// the argument parser.
package dev.testudo.cli;
