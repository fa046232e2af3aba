/// Agent policies of guests of Kata Containers: what the host may ask of a guest, in Rego.
package dev.testudo.cli.kata;
